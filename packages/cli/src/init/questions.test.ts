import { describe, expect, it } from 'vitest';
import { type Asker, askPlan } from './questions.ts';
import type { ColumnProfile, Sample } from './sample.ts';

const column = (name: string, kind: ColumnProfile['kind'], distinct: number): ColumnProfile => ({
  name,
  kind,
  rows: 1000,
  distinct,
  values:
    distinct < 5
      ? Array.from({ length: distinct }, (_, index) => ({ value: `${index}`, rows: 1000 / distinct }))
      : [],
  quantiles: kind === 'number' ? [10, 20] : undefined,
});
const sampleOf = (...columns: ColumnProfile[]): Sample => ({
  path: 'a.csv',
  format: 'csv',
  rows: 1000,
  columns,
  oddCells: [],
});
const samples = {
  records: sampleOf(
    column('order', 'text', 1000),
    column('customer', 'text', 300),
    column('tier', 'text', 2),
    column('rule', 'binary', 2),
    column('amount', 'number', 400),
  ),
  outcomes: sampleOf(column('order', 'text', 1000), column('fraud', 'binary', 2)),
  predictions: undefined,
};

/** Answers what it was told, and what is proposed to everything else. */
function asker(answers: Readonly<Record<string, string | undefined>>) {
  const asked: string[] = [];
  const answer = async (message: string, initial: string) => {
    asked.push(message);
    const found = Object.keys(answers).find((part) => message.includes(part));
    return found === undefined ? initial : answers[found];
  };
  const fake: Asker = { text: answer, choose: (message, _, initial) => answer(message, initial) };
  return { fake, asked };
}

describe('the questions of init', () => {
  it('propose what was guessed, so that Enter is enough', async () => {
    const { fake } = asker({});
    const done = await askPlan(fake, samples, {}, 'shop');
    expect(done?.plan).toMatchObject({
      ok: true,
      value: { deployment: 'shop', id: 'order', unit: 'customer', incumbent: 'rule', amount: 'amount' },
    });
  });

  it('take other answers, and reckon on with them', async () => {
    const { fake } = asker({ 'Is there an amount': '(none)', 'Worth of': '0, -10, -30, 0', Currency: 'EUR' });
    const done = await askPlan(fake, samples, {}, 'shop');
    expect(done?.plan).toMatchObject({
      ok: true,
      value: { amount: undefined, payoff: [0, -10, -30, 0], threshold: 0.25, currency: 'EUR' },
    });
  });

  it('do not ask what was said already, nor what another task needs', async () => {
    const { fake, asked } = asker({});
    await askPlan(fake, samples, { name: 'said', currency: 'EUR' }, 'shop');
    expect(asked.join()).not.toMatch(/Name of the deployment|Currency|too high/);
    expect(asked.join()).toContain('Worth of');
  });

  it('end where a person stops', async () => {
    const { fake } = asker({ Currency: undefined });
    expect(await askPlan(fake, samples, {}, 'shop')).toBeUndefined();
  });
});
