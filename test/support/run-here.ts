import { run } from '@penumbra/cli/main';
import { vi } from 'vitest';

/** The command in this process: what it answers to the shell, and what it writes. */
export async function runHere(...args: readonly string[]) {
  let stdout = '';
  let stderr = '';
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((chunk, ...rest) => {
    stdout += chunk;
    const done = rest.find((argument) => typeof argument === 'function');
    done?.(null);
    return true;
  });
  const err = vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    stderr += chunk;
    return true;
  });
  try {
    const code = await run(['node', 'penumbra', ...args]);
    return { code, stdout, stderr, says: stdout + stderr };
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}
