import type { History } from '@penumbra/core/history';
import { dailyChart, heldDays } from '@penumbra/report/daily-figure';
import { findings } from '@penumbra/report/findings';
import { moneyChart } from '@penumbra/report/money-figure';
import { ofSlice } from '@penumbra/report/of-slice';
import { useMemo, useState } from 'preact/hooks';
import { ChartView } from './chart-view.tsx';
import { Drawn } from './drawn.tsx';
import type { Ranged } from './range-choice.tsx';

/** The difference of each day, and what it adds up to: of all records, or of one slice. */
export function DayByDay({ history, ranged }: { readonly history: History; readonly ranged: Ranged }) {
  const [slice, setSlice] = useState<string | null>(null);
  const { daily, money, held } = useMemo(() => {
    const shown = ofSlice(history, slice);
    const found = findings(shown);
    return { daily: dailyChart(shown, found), money: moneyChart(shown, found), held: heldDays(found) };
  }, [history, slice]);
  return (
    <>
      <p class="choice">
        <label for="slice">Records of</label>
        <select id="slice" onChange={(event) => setSlice(event.currentTarget.value || null)}>
          <option value="">all slices</option>
          {history.slices.map(({ slice: name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </p>
      {daily ? (
        <ChartView chart={daily} range={ranged.range} onPan={ranged.pan} />
      ) : (
        <p class="empty">No day has a difference to show yet.</p>
      )}
      <Drawn of={held} />
      {money ? <ChartView chart={money} range={ranged.range} onPan={ranged.pan} /> : null}
    </>
  );
}
