import { describe, expect, it } from 'vitest';
import { keys, parseClosedFolder, SUCCESS } from './keys.ts';

describe('where objects lie', () => {
  it('is by deployment, kind and date', () => {
    expect(keys.records('rebooking', '2001-02-03')).toBe('rebooking/records/date=2001-02-03/');
    expect(keys.predictions('rebooking', '2001-02-03')).toBe('rebooking/predictions/date=2001-02-03/');
    expect(keys.transformInput('rebooking', '2001-02-03')).toBe('rebooking/transform-input/date=2001-02-03/');
    expect(keys.transformOutput('rebooking', '2001-02-03', 'job-1')).toBe(
      'rebooking/predictions/date=2001-02-03/job-1/',
    );
    expect(keys.outcomes('rebooking')).toBe('rebooking/outcomes/landed=');
    expect(keys.metrics('rebooking', '2001-02-03', '2001-02-05')).toBe(
      'rebooking/metrics/date=2001-02-03/asof=2001-02-05.arrow',
    );
  });
});

describe('an object named _SUCCESS', () => {
  it.each(['records', 'predictions'] as const)('closes a folder of %s', (kind) => {
    const key = `${keys[kind]('rebooking-eu', '2001-02-03')}${SUCCESS}`;
    expect(parseClosedFolder(key)).toEqual({ deployment: 'rebooking-eu', kind, date: '2001-02-03' });
  });
  it('closes a folder of outcomes', () => {
    expect(parseClosedFolder(`${keys.outcomes('rebooking')}2001-02-03/${SUCCESS}`)).toEqual({
      deployment: 'rebooking',
      kind: 'outcomes',
      date: '2001-02-03',
    });
  });
  it.each([
    'rebooking/records/date=2001-02-03/part-0.csv',
    'rebooking/records/date=2001-02-03/_SUCCESS.csv',
    'rebooking/records/date=2001-02-03/deeper/_SUCCESS',
    'rebooking/predictions/date=2001-02-03/penumbra-rebooking-2001-02-03-1/_SUCCESS',
    'rebooking/transform-input/date=2001-02-03/_SUCCESS',
    'rebooking/metrics/date=2001-02-03/_SUCCESS',
    'rebooking/records/date=yesterday/_SUCCESS',
    'rebooking/records/_SUCCESS',
    'records/date=2001-02-03/_SUCCESS',
    'team/rebooking/records/date=2001-02-03/_SUCCESS',
    '_SUCCESS',
  ])('is the only thing that closes one, in its place: %s does not', (key) => {
    expect(parseClosedFolder(key)).toBeUndefined();
  });
});
