import type { HistoryDay } from '@penumbra/core/history';
import {
  countOf,
  formatCount,
  formatMoney,
  formatNumber,
  formatPercent,
  formatPerRecord,
} from '@penumbra/report/money';
import type { ServedHistory } from './api.ts';
import { jobNamed } from './event-facts.ts';
import { EventList } from './event-list.tsx';
import { Lead } from './lead.tsx';

/** One day: every look at it, what it was served, and its events. */
export function DayDetail({ history, day }: { readonly history: ServedHistory; readonly day: HistoryDay }) {
  const { currency, deployment, resources } = history;
  const { looks, served, transform, drift, restated } = day;
  return (
    <div class="day">
      <dl class="facts">
        <dt>Records</dt>
        <dd>
          {formatCount(day.rows)}, {formatCount(day.labelled)} with an outcome
        </dd>
        <dt>Job</dt>
        <dd>
          {transform ? (
            <>
              <Lead to={jobNamed(transform.jobName)} resources={resources} />, attempt {transform.attempt}
            </>
          ) : (
            'none: predictions made elsewhere, or none yet'
          )}
        </dd>
        <dt>Served</dt>
        <dd>
          {served === null
            ? 'not counted: not mature, or its traffic changed that day'
            : `${countOf(served.records, 'record')} decided by the challenger, ${formatMoney(served.money, currency, { signed: true })} more than the incumbent`}
        </dd>
        {drift === null ? null : (
          <>
            <dt>Drift</dt>
            <dd>{formatNumber(drift, 2)}, population stability index against the days in shadow</dd>
          </>
        )}
        {restated === null ? null : (
          <>
            <dt>Corrected</dt>
            <dd>as of {restated}, after it was frozen: shown, and no evidence</dd>
          </>
        )}
      </dl>
      {looks.length === 0 ? (
        <p class="empty">Not looked at yet.</p>
      ) : (
        <table class="small">
          <caption>
            Every look at {day.date}; money in {currency} per record with an outcome.
          </caption>
          <thead>
            <tr>
              <th scope="col">As of</th>
              <th scope="col" class="number">
                Age
              </th>
              <th scope="col" class="number">
                Covered
              </th>
              <th scope="col" class="number">
                Mean difference
              </th>
            </tr>
          </thead>
          <tbody>
            {looks.map(({ asOf, age, coverage, meanDifference }) => (
              <tr key={asOf}>
                <th scope="row">{asOf}</th>
                <td class="number" data-label="Age">
                  {countOf(age, 'day')}
                </td>
                <td class="number" data-label="Covered">
                  {formatPercent(100 * coverage)}
                </td>
                <td class="number" data-label="Mean difference">
                  {meanDifference === null
                    ? 'none yet'
                    : formatPerRecord(meanDifference, currency, { signed: true })}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <EventList
        deployment={deployment}
        stream={`day/${day.date}`}
        until={history.asOf}
        resources={resources}
      />
    </div>
  );
}
