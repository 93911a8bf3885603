import { beforeEach, describe, expect, it } from 'vitest';
import type { Exposure, ExposureBatch } from '../exposures.ts';
import type { ExposureBatches } from '../pipeline/ports.ts';

/** What every store of reported exposures promises; `open` gives one that holds nothing of these deployments. */
export function exposureBatchesContract(
  name: string,
  open: () => ExposureBatches | Promise<ExposureBatches>,
): void {
  describe(`reported exposures ${name}`, () => {
    let batches: ExposureBatches;
    let deployment: string;
    let count = 0;
    beforeEach(async () => {
      batches = await open();
      count += 1;
      deployment = `exposures-${count}`;
    });

    const DATE = '2001-02-27';
    const exposure = (unit: string): Exposure => ({
      deployment,
      unit,
      slice: 'hubs',
      arm: 'challenger',
      percent: 25,
      version: 12,
      at: 983_232_000_000,
    });
    const read = async (date: string, of = deployment) => {
      const found: ExposureBatch[] = [];
      for await (const batch of batches.read(of, date)) found.push(batch);
      return found;
    };

    it('are none where nobody reported', async () => {
      expect(await read(DATE)).toEqual([]);
    });

    it('are read batch by batch, with what was lost on the way', async () => {
      const one = { exposures: [exposure('a'), exposure('ü"\n\u2028')], dropped: 0 };
      const other = { exposures: [exposure('b')], dropped: 7 };
      await batches.add(deployment, DATE, one);
      await batches.add(deployment, DATE, other);
      const found = await read(DATE);
      expect(found).toHaveLength(2);
      expect(found).toEqual(expect.arrayContaining([one, other]));
    });

    it('are kept once where a batch is sent again', async () => {
      const batch = { exposures: [exposure('a')], dropped: 1 };
      await Promise.all([batches.add(deployment, DATE, batch), batches.add(deployment, DATE, batch)]);
      await batches.add(deployment, DATE, structuredClone(batch));
      expect(await read(DATE)).toEqual([batch]);
    });

    it('of another date, or another deployment, are not among them', async () => {
      await batches.add(deployment, DATE, { exposures: [exposure('a')], dropped: 0 });
      await batches.add(`${deployment}-other`, DATE, { exposures: [exposure('b')], dropped: 0 });
      expect(await read('2001-02-28')).toEqual([]);
      expect(await read('2001-02-26')).toEqual([]);
      expect(await read(DATE)).toHaveLength(1);
    });
  });
}
