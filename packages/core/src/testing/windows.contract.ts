import { describe, expect, it } from 'vitest';
import type { KeptWindows, WindowStore } from '../pipeline/ports.ts';

/** Windows whose numbers are hard to keep: the last bit, very large and very small. */
export const keptWindows = (version: number): KeptWindows => {
  const overall = {
    days: version,
    rows: 10,
    labelled: 9,
    challenger: 0.1 + 0.2,
    incumbent: 1.7e300,
    difference: -5e-324,
  };
  const totals = { overall, slices: { hubs: overall, '': overall } };
  return {
    version,
    asOf: '2001-02-27',
    windows: [{ window: '7 days', from: null, to: '2001-02-25', ...totals }],
    settled: { before: '2001-01-02', first: '2001-01-01', last: '2001-01-01', ...totals },
  };
};

/** What every store of windows promises; `open` gives one that holds nothing. */
export function windowsContract(name: string, open: () => WindowStore | Promise<WindowStore>): void {
  describe(`windows ${name}`, () => {
    it('are read as they were published, to the last bit', async () => {
      const windows = await open();
      expect(await windows.read('d')).toBeUndefined();
      expect(await windows.publish('d', keptWindows(3))).toBe('published');
      expect(await windows.read('d')).toEqual(keptWindows(3));
      expect(await windows.read('other')).toBeUndefined();
    });

    it('are replaced by those of a later version only', async () => {
      const windows = await open();
      await windows.publish('d', keptWindows(3));
      expect(await windows.publish('d', keptWindows(2))).toBe('stale');
      expect(await windows.publish('d', keptWindows(3))).toBe('stale');
      expect(await windows.read('d')).toEqual(keptWindows(3));
      expect(await windows.publish('d', keptWindows(10))).toBe('published');
      expect(await windows.read('d')).toEqual(keptWindows(10));
    });
  });
}
