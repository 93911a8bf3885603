import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from './calendar.ts';
import { checkJobNames, parseTransformJobName, transformJobName } from './job-name.ts';

/** SageMaker's rule for TransformJobName. */
const SAGEMAKER = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/;

const names = fc.stringMatching(/^[a-z][a-z0-9]{0,7}(-[a-z0-9]{1,8}){0,3}$/);
const identities = fc.record({
  deployment: names.filter((name) => name.length <= 40),
  date: fc.integer({ min: 0, max: 40_000 }).map((days) => addDays('1970-01-01', days)),
  attempt: fc.integer({ min: 1, max: 99 }),
});

describe('the name of a transform job', () => {
  it('tells the deployment, the date and the attempt', () => {
    const identity = { deployment: 'rebooking', date: '2001-02-03', attempt: 2 };
    expect(transformJobName('penumbra-prod', identity)).toBe('penumbra-prod-rebooking-2001-02-03-2');
  });

  it('reads back as what it was made of', () => {
    fc.assert(
      fc.property(names, identities, (prefix, identity) => {
        expect(parseTransformJobName(prefix, transformJobName(prefix, identity))).toEqual(identity);
      }),
    );
  });

  it('reads back where the deployment itself looks like a date or an attempt', () => {
    const identity = { deployment: 'a-2001-01-01-7', date: '2001-02-03', attempt: 1 };
    expect(parseTransformJobName('p', transformJobName('p', identity))).toEqual(identity);
  });

  it('is one that SageMaker accepts wherever the check says so', () => {
    fc.assert(
      fc.property(names, identities, (prefix, identity) => {
        fc.pre(checkJobNames(prefix, identity.deployment).ok);
        const name = transformJobName(prefix, identity);
        expect(name).toMatch(SAGEMAKER);
        expect(name.length).toBeLessThanOrEqual(63);
      }),
    );
  });

  it('may be 63 characters long with the last attempt, and no longer', () => {
    const room = 63 - 'penumbra--2001-02-03-99'.length;
    expect(checkJobNames('penumbra', 'd'.repeat(room))).toMatchObject({ ok: true });
    const tooLong = checkJobNames('penumbra', 'd'.repeat(room + 1));
    expect(tooLong).toMatchObject({ ok: false, problems: [{ where: 'deployment' }] });
    if (!tooLong.ok) expect(tooLong.problems[0]?.what).toContain("1 characters over SageMaker's 63");
  });
});

describe('the job of somebody else', () => {
  it.each([
    'nightly-forecast-2001-02-03-1',
    'penumbra-rebooking-2001-02-03',
    'penumbra-rebooking-2001-02-03-',
    'penumbra-rebooking-2001-02-30-1',
    'penumbra-rebooking-2001-02-03-0',
    'penumbra-rebooking-2001-02-03-01',
    'penumbra-rebooking-2001-02-03-100',
    'penumbra-2001-02-03-1',
    'penumbra',
    '',
  ])('is not taken for ours: %j', (name) => {
    expect(parseTransformJobName('penumbra', name)).toBeUndefined();
  });
});
