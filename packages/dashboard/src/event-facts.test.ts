import { describe, expect, it } from 'vitest';
import { definitionAskedFor, FACTS } from './event-facts.ts';

const resources = { region: 'eu-central-1', bucket: 'penumbra-data' };

/** Every fact of an event: its name, what it says, and where it leads. */
const facts = (data: Record<string, unknown>) =>
  FACTS.flatMap(({ name, of }) =>
    of(data).map(({ text, here, inConsole, note }) => [name, text, here ?? inConsole?.(resources), note]),
  );

describe('the facts of an event', () => {
  it('are the job, its input and output, and the version of the definition', () => {
    const data = { jobName: 'a-job', modelName: 'm', input: 'in/', output: 'out/', definitionVersion: 3 };
    expect(facts(data)).toEqual([
      ['Job', 'a-job', expect.stringMatching(/sagemaker.*#\/transform-jobs\/a-job$/), undefined],
      ['Definition', 'version 3', '#definition-3', undefined],
      ['Input', 'in/', expect.stringMatching(/s3\/buckets\/penumbra-data.*prefix=in%2F$/), undefined],
      ['Output', 'out/', expect.stringMatching(/prefix=out%2F$/), undefined],
    ]);
  });

  it('are each file with its size, and the metric state with its hash', () => {
    const file = { key: 'a/b.csv', bytes: 12345, etag: 'e1' };
    expect(facts({ files: [file], metrics: { key: 'm.arrow', sha256: 'ff' } })).toEqual([
      ['Files', 'a/b.csv', expect.stringMatching(/s3\/object.*prefix=a%2Fb.csv$/), '12,345 bytes, ETag e1'],
      ['Metrics', 'm.arrow', expect.stringMatching(/prefix=m.arrow$/), 'SHA-256 ff'],
    ]);
  });

  it('are none where an event names nothing that is elsewhere', () => {
    expect(facts({ reason: 'a holiday' })).toEqual([]);
  });
});

it.each([
  ['#definition-2', 2],
  ['#definition-0', undefined],
  ['#definition-x', undefined],
  ['#definition', undefined],
  ['#log', undefined],
  ['', undefined],
])('the hash %j asks for version %j of the definition', (hash, version) => {
  expect(definitionAskedFor(hash)).toBe(version);
});
