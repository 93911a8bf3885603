import type { History } from '@penumbra/core/history';
import { formatCount, formatMoney, formatPercent } from '@penumbra/report/money';
import { useState } from 'preact/hooks';
import { type ApiProblem, type BacktestAnswer, readBacktest, type ServedNumbers } from './api.ts';
import { Meaning } from './meaning.tsx';
import { Scroll } from './scroll.tsx';

type Policy = History['definition']['policy'];

interface Asked {
  readonly shadowDays: number;
  readonly percents: string;
  readonly minDays: number;
  readonly margin: number;
  readonly onUnproven: Policy['onUnproven'];
}

/** Another policy on the same evidence, beside what was decided. */
export function Backtest({ history }: { readonly history: History }) {
  const { policy } = history.definition;
  const [asked, setAsked] = useState<Asked>(() => askedOf(policy));
  const [answer, setAnswer] = useState<BacktestAnswer | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    try {
      setAnswer(await readBacktest(history.deployment, policyOf(policy, asked)));
      setProblem(null);
    } catch (error) {
      setAnswer(null);
      setProblem(error as ApiProblem);
    } finally {
      setBusy(false);
    }
  };
  const number = (field: 'shadowDays' | 'minDays' | 'margin', label: string, step = 1) => (
    <label>
      {label}
      <input
        type="number"
        min={0}
        step={step}
        value={asked[field]}
        onInput={(event) => setAsked({ ...asked, [field]: Number(event.currentTarget.value) })}
      />
    </label>
  );
  return (
    <>
      <p>What would another policy have decided, on the same evidence? It changes nothing.</p>
      <form
        class="form inline"
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        {number('shadowDays', 'Mature days in shadow')}
        <label>
          Stages, percent
          <input
            value={asked.percents}
            inputMode="decimal"
            onInput={(event) => setAsked({ ...asked, percents: event.currentTarget.value })}
          />
        </label>
        {number('minDays', 'Days a stage')}
        {number('margin', `Margin, ${history.currency} per record`, 0.01)}
        <label>
          A slice without proof
          <select
            value={asked.onUnproven}
            onChange={(event) =>
              setAsked({ ...asked, onUnproven: event.currentTarget.value as Asked['onUnproven'] })
            }
          >
            <option value="wait">keeps the later ones waiting</option>
            <option value="skip">is skipped</option>
          </select>
        </label>
        <button type="submit" class="button" disabled={busy}>
          {busy ? 'Playing it again …' : 'Compare'}
        </button>
      </form>
      {problem ? (
        <p class="problem" role="alert">
          {problem.message}. {problem.remedy}.
        </p>
      ) : null}
      {answer ? <SideBySide answer={answer} /> : null}
    </>
  );
}

const askedOf = ({ shadowDays, stages, margin, onUnproven }: Policy): Asked => ({
  shadowDays,
  percents: stages.map(({ percent }) => percent).join(', '),
  minDays: stages[0]?.minDays ?? 7,
  margin,
  onUnproven,
});

function policyOf(policy: Policy, { shadowDays, percents, minDays, margin, onUnproven }: Asked): object {
  const stages = percents
    .split(/[\s,;]+/)
    .filter((text) => text !== '')
    .map((text, index) => {
      const { percent: _, ...before } = policy.stages[index] ?? {};
      return { ...before, percent: Number(text), minDays };
    });
  return { ...policy, shadowDays, margin, onUnproven, stages };
}

const COLUMNS: readonly (readonly [string, string, (of: ServedNumbers, currency: string) => string])[] = [
  ['Opened', 'Review that gave it its first traffic', ({ opened }) => opened ?? 'never'],
  ['Last stage', 'Review that gave it its last stage', ({ complete }) => complete ?? 'not yet'],
  ['Traffic now', 'Percent of the units of the slice', ({ percent }) => formatPercent(percent)],
  ['Rolled back', 'How often', ({ rollbacks }) => `${rollbacks} ×`],
  ['Records', 'Records with an outcome that it would have decided', ({ records }) => formatCount(records)],
  [
    'Money',
    'What its decisions on them would have earned more than the incumbent’s',
    ({ money }, currency) => formatMoney(money, currency, { signed: true }),
  ],
  ['Harm', 'The part of it on days on which they lost', ({ harm }, currency) => formatMoney(harm, currency)],
];

function SideBySide({ answer }: { readonly answer: BacktestAnswer }) {
  return (
    <Scroll name="Backtest">
      <table class="beside">
        <caption>
          Recorded and other policy, slice by slice; money in {answer.currency}. The two moved a slice
          differently in {formatCount(answer.differences.length)} reviews.
        </caption>
        <thead>
          <tr>
            <th scope="col">Slice</th>
            <th scope="col">Policy</th>
            {COLUMNS.map(([title, meaning]) => (
              <th key={title} scope="col" class="number">
                <Meaning of={meaning}>{title}</Meaning>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {answer.slices.flatMap(({ slice, recorded, other }) =>
            (
              [
                ['recorded', recorded],
                ['other', other],
              ] as const
            ).map(([name, of]) => (
              <tr key={`${slice} ${name}`} class={name}>
                <th scope="row">{name === 'recorded' ? slice : <span class="hidden">{slice}</span>}</th>
                <td>{name}</td>
                {COLUMNS.map(([title, , show]) => (
                  <td key={title} class="number">
                    {show(of, answer.currency)}
                  </td>
                ))}
              </tr>
            )),
          )}
        </tbody>
      </table>
    </Scroll>
  );
}
