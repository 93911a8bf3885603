import { beforeEach, describe, expect, it } from 'vitest';
import type { RolloutDocuments } from '../pipeline/ports.ts';
import type { RolloutDocument } from '../rollout-document.ts';

export const documentOf = (deployment: string, version: number, percent: number): RolloutDocument => ({
  deployment,
  version,
  definitionVersion: 1,
  asOf: '2001-02-27',
  validUntil: '2001-03-03T00:00:00Z',
  certificate: { reviewId: `${deployment}/review/2001-02-27`, sha256: '0'.repeat(64) },
  slices: [{ slice: 'hubs', when: [{ field: 'airport', oneOf: ['ATL', 'ORD'] }], percent }],
});

/** What every store of rollout documents promises; `open` gives one that holds nothing of these deployments. */
export function rolloutDocumentsContract(
  name: string,
  open: () => RolloutDocuments | Promise<RolloutDocuments>,
): void {
  describe(`rollout documents ${name}`, () => {
    let documents: RolloutDocuments;
    let deployment: string;
    let count = 0;
    beforeEach(async () => {
      documents = await open();
      count += 1;
      deployment = `documents-${count}`;
    });

    it('are undefined before the first is published', async () => {
      expect(await documents.read(deployment)).toBeUndefined();
    });

    it('are read as they were published', async () => {
      const document = documentOf(deployment, 1, 2.5);
      expect(await documents.publish(document)).toBe('published');
      expect(await documents.read(deployment)).toEqual(document);
    });

    it('are replaced by newer ones', async () => {
      await documents.publish(documentOf(deployment, 1, 5));
      expect(await documents.publish(documentOf(deployment, 3, 25))).toBe('published');
      expect(await documents.read(deployment)).toEqual(documentOf(deployment, 3, 25));
    });

    it.each([1, 2])('are not replaced by version %i where 2 is there', async (version) => {
      await documents.publish(documentOf(deployment, 2, 25));
      expect(await documents.publish(documentOf(deployment, version, 50))).toBe('stale');
      expect(await documents.read(deployment)).toEqual(documentOf(deployment, 2, 25));
    });

    it('of several workers at once come out as the newest', async () => {
      const versions = [3, 1, 5, 2, 4];
      await Promise.all(
        versions.map((version) => documents.publish(documentOf(deployment, version, version))),
      );
      expect(await documents.read(deployment)).toEqual(documentOf(deployment, 5, 5));
    });

    it('of one deployment are nothing to another', async () => {
      await documents.publish(documentOf(deployment, 1, 5));
      expect(await documents.read(`${deployment}-other`)).toBeUndefined();
    });
  });
}
