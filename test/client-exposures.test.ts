import { createClient, type ExposureBatch, type RolloutDocument, staticSource } from '@penumbra/client';
import { compareExposures } from '@penumbra/core/compare-exposures';
import type { Exposure } from '@penumbra/core/exposures';
import { logSampleRatioEValue } from '@penumbra/evaluator/inference/sample-ratio';
import { describe, expect, it } from 'vitest';

const UNITS = 5000;
/** ln of the e-value at which a review holds. */
const MISMATCH = Math.log(1000);

const documentAt = (version: number): RolloutDocument => ({
  deployment: 'rebooking',
  version,
  definitionVersion: 1,
  asOf: '2001-02-27',
  validUntil: '9999-01-01T00:00:00Z',
  certificate: { reviewId: 'rebooking/review/2001-02-27', sha256: '0'.repeat(64) },
  slices: [{ slice: 'small', when: [{ field: 'passengers', below: 100 }], percent: version === 2 ? 25 : 5 }],
});

/** What a production of five thousand units reports. */
async function reported(document: RolloutDocument): Promise<Exposure[]> {
  const exposures: Exposure[] = [];
  const client = createClient({
    deployments: ['rebooking'],
    source: staticSource(document),
    feedback: { send: async (batch: ExposureBatch) => void exposures.push(...batch.exposures) },
  });
  for (let unit = 0; unit < UNITS; unit += 1) {
    const context = { unit: `customer-${unit}`, passengers: 50 };
    client.decide('rebooking', context);
    client.decide('rebooking', context);
  }
  await client.close();
  return exposures;
}

function evidenceOf(exposures: readonly Exposure[]) {
  const comparison = compareExposures('rebooking', (version) =>
    version < 9 ? documentAt(version).slices : undefined,
  );
  exposures.forEach(comparison.add);
  const { slices, unknown } = comparison.result();
  const [slice] = slices;
  if (!slice) return { unknown };
  const { challengerUnits, controlUnits, percent, mismatches } = slice;
  const logE = logSampleRatioEValue([challengerUnits, controlUnits], [percent / 100, 1 - percent / 100]);
  return { unknown, mismatches, units: challengerUnits + controlUnits, mismatch: logE >= MISMATCH };
}

describe('reported exposures, beside the arms that the log gives', () => {
  it('agree unit by unit, and in their ratio, where production does what the log says', async () => {
    expect(evidenceOf(await reported(documentAt(2)))).toEqual({
      unknown: 0,
      mismatches: 0,
      units: UNITS,
      mismatch: false,
    });
  });

  it('show as a sample-ratio mismatch where production serves another percentage than the log has', async () => {
    const edited = { ...documentAt(1), version: 2 };
    const { mismatches, mismatch } = evidenceOf(await reported(edited));
    expect(mismatch).toBe(true);
    expect(mismatches).toBeGreaterThan(UNITS * 0.15);
  });

  it('show where arms are swapped even at an even ratio', async () => {
    const swapped = (await reported(documentAt(2))).map(
      (exposure): Exposure => ({
        ...exposure,
        arm: exposure.arm === 'challenger' ? 'incumbent' : 'challenger',
      }),
    );
    expect(evidenceOf(swapped)).toMatchObject({ mismatches: UNITS, mismatch: true });
  });

  it('are counted as unknown where the log has no such document', async () => {
    expect(evidenceOf(await reported(documentAt(9)))).toEqual({ unknown: 2 * UNITS });
  });
});
