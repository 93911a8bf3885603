import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { terminalAsker } from './terminal-asker.ts';

const DOWN = '\u001b[B';
const CTRL_C = '\u0003';

/** A terminal of eighty columns whose keys are pressed one after the other, each once the question stands there. */
function terminal(...keys: string[]) {
  const input = new PassThrough();
  const output = Object.assign(new PassThrough(), { columns: 80, rows: 24 });
  let shown = '';
  output.on('data', (chunk) => {
    shown += chunk;
    const key = keys.shift();
    if (key !== undefined) setImmediate(() => input.write(key));
  });
  return { asker: terminalAsker({ input, output }), shown: () => shown };
}

describe('a terminal', () => {
  it('takes what is proposed by Enter', async () => {
    const { asker, shown } = terminal('\r');
    expect(await asker.text('Name of the deployment', 'shop')).toBe('shop');
    expect(shown()).toContain('Name of the deployment');
  });

  it('lets a person choose another one', async () => {
    const { asker } = terminal(DOWN, '\r');
    expect(await asker.choose('Which column?', ['order', 'customer', 'country'], 'customer')).toBe('country');
  });

  it('asks again where the answer does not fit', async () => {
    const { asker, shown } = terminal('!', '\r', '\u007f', '\r');
    const check = (text: string) => (text.endsWith('!') ? 'No exclamations' : undefined);
    expect(await asker.text('Name', 'shop', check)).toBe('shop');
    expect(shown()).toContain('No exclamations');
  });

  it('stops by Ctrl-C', async () => {
    const { asker } = terminal(CTRL_C);
    expect(await asker.choose('Which column?', ['order'], 'order')).toBeUndefined();
  });
});
