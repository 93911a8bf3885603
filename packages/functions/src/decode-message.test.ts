import { describe, expect, it } from 'vitest';
import { decodeMessage, PoisonMessage } from './decode-message.ts';

const decode = (queue: Parameters<typeof decodeMessage>[0], body: unknown) =>
  decodeMessage(queue, typeof body === 'string' ? body : JSON.stringify(body), 'penumbra');

const objectCreated = (key: string) => ({
  version: '0',
  source: 'aws.s3',
  'detail-type': 'Object Created',
  detail: { bucket: { name: 'b' }, object: { key, size: 0 } },
});
const stateChange = (TransformJobName: string, TransformJobStatus: string) => ({
  id: 'event-7',
  source: 'aws.sagemaker',
  'detail-type': 'SageMaker Transform Job State Change',
  detail: { TransformJobName, TransformJobStatus },
});

describe('an event of Athena', () => {
  const queryChange = (currentState: string) => ({
    id: 'event-8',
    source: 'aws.athena',
    'detail-type': 'Athena Query State Change',
    detail: { queryExecutionId: 'q-1', currentState, workgroupName: 'penumbra' },
  });

  it.each(['SUCCEEDED', 'FAILED', 'CANCELLED'])('says that a query has ended (%s)', (state) => {
    expect(decode('outcomes-landed', queryChange(state))).toEqual({
      queryExecutionId: 'q-1',
      causationId: 'event-8',
    });
  });

  it.each(['QUEUED', 'RUNNING'])('is ignored while the query runs (%s)', (state) => {
    expect(decode('outcomes-landed', queryChange(state))).toBe('ignore');
  });

  it('is no message of any other queue', () => {
    expect(() => decode('partition-ready', queryChange('FAILED'))).toThrow(PoisonMessage);
  });
});

describe('a message from our own handlers', () => {
  it('is read as it was sent', () => {
    const message = { deployment: 'd', date: '2001-02-03', causationId: 'd/day/2001-02-03/0001' };
    expect(decode('partition-ready', message)).toEqual(message);
    expect(decode('outcomes-landed', message)).toEqual(message);
    const { date, ...query } = { ...message, queryExecutionId: 'q-1' };
    expect(decode('transform-submitted', { ...query, date })).toEqual({ ...query, date });
  });
});

describe('an event of S3', () => {
  it.each(['records', 'predictions'])('of a closed %s folder says that a partition is ready', (kind) => {
    const key = `flight-delays/${kind}/date=2001-02-03/_SUCCESS`;
    expect(decode('partition-ready', objectCreated(key))).toEqual({
      deployment: 'flight-delays',
      date: '2001-02-03',
      causationId: key,
    });
  });

  it('of a closed outcomes folder says that outcomes landed', () => {
    const key = 'flight-delays/outcomes/landed=2001-02-03/_SUCCESS';
    expect(decode('outcomes-landed', objectCreated(key))).toEqual({
      deployment: 'flight-delays',
      landed: '2001-02-03',
      causationId: key,
    });
  });

  it.each([
    'flight-delays/records/date=2001-02-03/part-0.csv',
    'flight-delays/predictions/date=2001-02-03/penumbra-x-2001-02-03-1/_SUCCESS',
    '_SUCCESS',
    'a/b/records/date=2001-02-03/_SUCCESS',
  ])('of any other object (%s) is ignored', (key) => {
    expect(decode('partition-ready', objectCreated(key))).toBe('ignore');
  });
});

describe('an event of SageMaker', () => {
  it.each(['Completed', 'Failed', 'Stopped'])('says that a transform has ended (%s)', (status) => {
    expect(decode('transform-complete', stateChange('penumbra-flight-delays-2001-02-03-2', status))).toEqual({
      deployment: 'flight-delays',
      date: '2001-02-03',
      attempt: 2,
      causationId: 'event-7',
    });
  });

  it.each([
    ['somebody-elses-job', 'Completed'],
    ['penumbra-flight-delays-2001-02-03-2', 'InProgress'],
    ['penumbra-flight-delays-2001-02-03-2', 'Stopping'],
  ])('of another job or of one that goes on (%s, %s) is ignored', (job, status) => {
    expect(decode('transform-complete', stateChange(job, status))).toBe('ignore');
  });
});

describe('a message that nobody can read', () => {
  it.each([
    ['not JSON', '{', /not JSON/],
    ['no object', 'null', /expected object/],
    ['a missing field', { deployment: 'd' }, /date/],
    ['a date that does not exist', { deployment: 'd', date: '2001-02-30', causationId: 'c' }, /date/],
    ['a field too many', { deployment: 'd', date: '2001-02-03', causationId: 'c', x: 1 }, /x/],
  ])('(%s) is poison, and says why', (_, body, why) => {
    expect(() => decode('partition-ready', body)).toThrow(PoisonMessage);
    expect(() => decode('partition-ready', body)).toThrow(why);
  });
});
