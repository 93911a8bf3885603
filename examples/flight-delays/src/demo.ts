import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { trial } from '@penumbra/cli/trial-command';
import { addDays } from '@penumbra/core/calendar';
import { prepare } from './prepare.ts';

/** The model has seen January; the trial is what came after. */
const FIRST_DAY = '2001-02-01';

const USAGE = `npm run demo -- [--days N] [--engine ENGINE] [--fresh] [--json]

  --days N   only the first N days of the trial (default: all 151, about four minutes)
  --engine lambda | athena | auto
             what compares the days (default: lambda)
  --fresh    forget the last run instead of going on from it
  --json     print one JSON document instead of tables
`;

const ENGINES = ['lambda', 'athena', 'auto'] as const;

/** Prepares the flights and runs the trial of this folder. Answers an exit code. */
async function demo(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      days: { type: 'string' },
      engine: { type: 'string', default: 'lambda' },
      fresh: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const days = values.days === undefined ? undefined : Number(values.days);
  const engine = ENGINES.find((name) => name === values.engine);
  if (values.help || !engine || (days !== undefined && !(Number.isInteger(days) && days > 0))) {
    process.stderr.write(USAGE);
    return values.help ? 0 : 2;
  }
  const folder = fileURLToPath(new URL('..', import.meta.url));
  const range = days === undefined ? {} : { to: addDays(FIRST_DAY, days - 1) };
  process.stderr.write('Preparing the flights of 2001 (once, about half a minute for all of them) …\n');
  await prepare({ folder, from: FIRST_DAY, ...range });
  return trial({ folder, from: FIRST_DAY, ...range, engine, fresh: values.fresh, json: values.json });
}

process.exitCode = await demo(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.message}\n${USAGE}`);
  return 2;
});
