import type { DaySteps, HistoryDay } from '@penumbra/core/history';
import { formatCount, formatPercent, perRecordFormat } from '@penumbra/report/money';
import { sentence } from '@penumbra/report/words';
import { useState } from 'preact/hooks';
import type { ServedHistory } from './api.ts';
import { DayDetail } from './day-detail.tsx';
import { Meaning } from './meaning.tsx';
import { Scroll } from './scroll.tsx';

const PAGE = 31;

const STEPS: readonly (readonly [keyof DaySteps, string, string])[] = [
  ['ready', 'Ready', 'Its records were closed and checked'],
  ['submitted', 'Submitted', 'A Batch Transform scores them'],
  ['complete', 'Complete', 'The predictions are whole'],
  ['landed', 'Landed', 'The first outcomes have landed'],
  ['mature', 'Mature', 'Old enough and covered enough: evidence, frozen'],
];

/** Every day and the steps that it has reached; the newest first. */
export function DayGrid({ history }: { readonly history: ServedHistory }) {
  const [shown, setShown] = useState(PAGE);
  const [open, setOpen] = useState<string | null>(null);
  const days = [...history.days].reverse();
  const money = perRecordFormat(
    history.currency,
    days.map(({ meanDifference }) => meanDifference),
    { signed: true },
  );
  if (days.length === 0) return <p class="empty">No records yet.</p>;
  const counts = (status: HistoryDay['status']) =>
    formatCount(days.filter((day) => day.status === status).length);
  return (
    <>
      <p>
        {counts('mature')} mature, {counts('waiting')} not mature yet, {counts('held')} held back. Choose a
        date to see its looks, its job and its files.
      </p>
      <Scroll name="Days">
        <table class="grid">
          <thead>
            <tr>
              <th scope="col">Date</th>
              {STEPS.map(([step, title, meaning]) => (
                <th key={step} scope="col" class="step">
                  <Meaning of={meaning}>{title}</Meaning>
                </th>
              ))}
              <th scope="col" class="number">
                <Meaning of="Share of the records with an outcome at the last look">Covered</Meaning>
              </th>
              <th scope="col" class="number">
                <Meaning
                  of={`Mean difference, ${history.currency} per record with an outcome, challenger minus incumbent`}
                >
                  Difference
                </Meaning>
              </th>
              <th scope="col">Held, and why</th>
            </tr>
          </thead>
          <tbody>
            {days.slice(0, shown).flatMap((day) => [
              <DayRow
                key={day.date}
                day={day}
                open={open === day.date}
                money={money}
                onOpen={() => setOpen(open === day.date ? null : day.date)}
              />,
              open === day.date ? (
                <tr key={`${day.date} detail`} class="detail">
                  <td colSpan={STEPS.length + 4}>
                    <DayDetail history={history} day={day} />
                  </td>
                </tr>
              ) : null,
            ])}
          </tbody>
        </table>
      </Scroll>
      {shown < days.length ? (
        <button type="button" class="button small" onClick={() => setShown(days.length)}>
          Show all {formatCount(days.length)} days
        </button>
      ) : null}
    </>
  );
}

interface DayRowProps {
  readonly day: HistoryDay;
  readonly open: boolean;
  readonly money: (value: number) => string;
  readonly onOpen: () => void;
}

function DayRow({ day, open, money, onOpen }: DayRowProps) {
  const covered = day.looks.at(-1)?.coverage;
  return (
    <tr class={day.status}>
      <th scope="row">
        <button type="button" class="link" aria-expanded={open} onClick={onOpen}>
          {day.date}
        </button>
      </th>
      {STEPS.map(([step, title]) => (
        <td key={step} class="step">
          <Mark step={title} reached={day.steps[step]} held={day.status === 'held'} />
        </td>
      ))}
      <td class="number">{covered === undefined ? '' : formatPercent(100 * covered)}</td>
      <td class="number">{day.meanDifference === null ? '' : money(day.meanDifference)}</td>
      <td class="why">{day.status === 'held' ? sentence(day.reason) : ''}</td>
    </tr>
  );
}

function Mark({
  step,
  reached,
  held,
}: {
  readonly step: string;
  readonly reached: string | null;
  readonly held: boolean;
}) {
  const says =
    reached === null ? (held ? 'not reached' : 'still to come') : `${step}, ${reached.slice(0, 10)}`;
  const glyph = reached === null ? (held ? '×' : '·') : '●';
  return (
    <span class={reached === null ? 'mark none' : 'mark'} title={says}>
      <span aria-hidden="true">{glyph}</span>
      <span class="hidden">{says}</span>
    </span>
  );
}
