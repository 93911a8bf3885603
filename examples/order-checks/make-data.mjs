// Writes the data of a made-up shop into a folder: what a person brings who has a CSV of the past and scores of a model.
//
//   node examples/order-checks/make-data.mjs shop --days 60 --orders 400
//
// orders.csv    one line an order: the day, who ordered, what a rule decided (1: checked by hand), what a model may look at
// outcomes.csv  what became of it: fraud or not, and the day on which that was known
// scores.csv    what a model would have said, made elsewhere
// serve.mjs     the same model behind SageMaker's container contract
//
// The same options give the same bytes.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { scoreOf } from './model.mjs';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { days: { type: 'string', default: '60' }, orders: { type: 'string', default: '400' } },
});
const [folder = 'shop'] = positionals;
const days = Number(values.days);
const ordersADay = Number(values.orders);

/** mulberry32: small, and the same everywhere. */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = seeded(7);
const dateAfter = (start, count) =>
  new Date(Date.parse(start) + count * 86_400_000).toISOString().slice(0, 10);
const START = '2026-01-01';
/** Countries by their share of the orders, summed up. */
const COUNTRIES = [
  ['IS', 0.06],
  ['PT', 0.2],
  ['NL', 0.5],
  ['DE', 1],
];
const UNKNOWN_SHARE = 0.02;

const orders = ['order,ordered_on,customer,country,amount,hour,items,account_days,rule_checks'];
const outcomes = ['order,fraud,known_on'];
const scores = ['order,score'];
for (let day = 0; day < days; day += 1) {
  const date = dateAfter(START, day);
  for (let index = 0; index < ordersADay; index += 1) {
    const order = `${date.replaceAll('-', '')}-${String(index).padStart(4, '0')}`;
    const customer = `c${Math.floor(random() * 3000)}`;
    const place = random();
    const country = COUNTRIES.find(([, upTo]) => place < upTo)[0];
    const amount = Math.round(Math.exp(3 + 1.1 * (random() + random() + random() - 1.5) * 1.6) * 100) / 100;
    const hour = Math.floor(random() * 24);
    const items = 1 + Math.floor(random() * 5);
    const accountDays = Math.floor(random() ** 2 * 1500);
    const features = [amount, hour, items, accountDays];
    const risk = scoreOf(features);
    const fraud = random() < risk ? 1 : 0;
    // A rule of the shop's early days: large orders, and every new account at night.
    const rule = amount > 60 || (accountDays < 30 && hour < 6) ? 1 : 0;
    orders.push([order, date, customer, country, amount, hour, items, accountDays, rule].join(','));
    const late = random();
    const age = late < 0.7 ? 1 : late < 0.9 ? 2 : 3;
    if (random() >= UNKNOWN_SHARE) outcomes.push(`${order},${fraud},${dateAfter(date, age)}`);
    scores.push(`${order},${risk.toFixed(6)}`);
  }
}

mkdirSync(folder, { recursive: true });
const write = (name, lines) => writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
write('orders.csv', orders);
write('outcomes.csv', outcomes);
write('scores.csv', scores);
for (const name of ['model.mjs', 'serve.mjs'])
  copyFileSync(new URL(name, import.meta.url), join(folder, name));
console.log(`${folder}: ${days} days of ${ordersADay} orders`);
