import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

it('the benchmark of the engines, small: both find the same, each in a process of its own', async () => {
  const script = fileURLToPath(new URL('../bench/engines.ts', import.meta.url));
  const options = ['--import', 'tsx', script, '--rows', '20000', '--memory', '1GB'];
  const { stdout } = await promisify(execFile)(process.execPath, options);
  expect(stdout).toMatch(/^20,000 records as parquet/);
  expect(stdout).toMatch(/lambda \(the evaluator\) .* MB peak/);
  expect(stdout).toMatch(/athena \(its SQL, by DuckDB\) .* MB peak/);
  expect(stdout).toMatch(/counts, histograms and units: the same \(SHA-256 [0-9a-f]{16}…\)/);
}, 120_000);
