import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Contender, type Day, pathOf } from './contender-types.ts';
import { type Answer, BINS, NAMES, THRESHOLD, type TierNumbers } from './workload.ts';

/** The script that a user would write: objects, a Map, a loop. CSV and JSON lines only. */
export const naive: Contender = async (day) => {
  const scores = new Map<string, number>();
  for await (const row of rowsOf(day, 'predictions')) scores.set(String(row.id), Number(row.score));
  const outcomes = new Map<string, { label: number; money: number }>();
  for await (const row of rowsOf(day, 'outcomes')) {
    outcomes.set(String(row.id), { label: Number(row.label), money: Number(row.money) });
  }
  const tiers = new Map<string, Record<string, number>>();
  const bins = new Map<string, number>();
  for await (const row of rowsOf(day, 'records')) {
    const name = String(row.tier);
    let tier = tiers.get(name);
    if (!tier) {
      tier = Object.fromEntries(NAMES.map((of) => [of, 0]));
      tiers.set(name, tier);
    }
    const add = (of: string, value: number) => {
      tier[of] = (tier[of] ?? 0) + value;
    };
    add('rows', 1);
    const outcome = outcomes.get(String(row.id));
    const score = scores.get(String(row.id));
    if (!outcome || score === undefined) continue;
    const { label, money } = outcome;
    const worth = (acts: boolean) =>
      acts ? (label === 1 ? -80 + 0.1 * Number(row.amount) : -60) : label === 1 ? -320 - money : 0;
    const cell = (acts: boolean) => (acts ? (label === 1 ? 'tp' : 'fp') : label === 1 ? 'fn' : 'tn');
    const gained = worth(score >= THRESHOLD);
    const earned = worth(Number(row.rule) === 1);
    add('labelled', 1);
    add(`challenger_${cell(score >= THRESHOLD)}`, 1);
    add(`incumbent_${cell(Number(row.rule) === 1)}`, 1);
    add('difference', gained - earned);
    add('difference_squared', (gained - earned) ** 2);
    add('challenger_value', gained);
    add('incumbent_value', earned);
    add('brier', (score - label) ** 2);
    add('log_loss', -Math.log(Math.max(1e-15, label === 1 ? score : 1 - score)));
    const bin = `${name},${label},${Math.min(BINS - 1, Math.floor(score * BINS))}`;
    bins.set(bin, (bins.get(bin) ?? 0) + 1);
  }
  return {
    tiers: [...tiers].map(([tier, numbers]) => ({ tier, ...numbers }) as TierNumbers),
    histogram: [...bins].map(([key, rows]): Answer['histogram'][number] => {
      const [tier = '', label, bin] = key.split(',');
      return [tier, Number(label), Number(bin), rows];
    }),
  };
};

async function* rowsOf(day: Day, kind: 'records' | 'predictions' | 'outcomes') {
  const lines = createInterface({ input: createReadStream(pathOf(day, kind)) });
  let header: string[] | undefined;
  for await (const line of lines) {
    if (day.format === 'jsonl') {
      yield JSON.parse(line) as Record<string, unknown>;
      continue;
    }
    const cells = line.split(',');
    if (!header) header = cells;
    else yield Object.fromEntries(header.map((name, index) => [name, cells[index]]));
  }
}
