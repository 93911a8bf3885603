import { AthenaClient } from '@aws-sdk/client-athena';
import { describe, expect, it } from 'vitest';
import { answering, awsError, NOBODY } from '../testing/answering.ts';
import { athenaExecutions } from './athena-executions.ts';
import { signed } from './query-identity.ts';

const partition = { deployment: 'flight-delays', date: '2001-02-03' };
const Query = signed('SELECT 1', 'penumbra-ada', partition);
const TB = 2 ** 40;

/** Athena, as it describes one query. */
const describing = (Status: object, DataScannedInBytes = TB, statement = Query) =>
  athenaExecutions(
    answering(new AthenaClient(NOBODY), () => ({
      QueryExecution: { Query: statement, Status, Statistics: { DataScannedInBytes } },
    })),
    { prefix: 'penumbra-ada', usdPerTb: 5 },
  ).describe('q-1');

const refusing = (name: string) =>
  athenaExecutions(
    answering(new AthenaClient(NOBODY), () => awsError(name)),
    { prefix: 'penumbra-ada', usdPerTb: 5 },
  ).describe('q-1');

describe('what has become of a query', () => {
  it.each([
    ['QUEUED', 'running'],
    ['RUNNING', 'running'],
    ['SUCCEEDED', 'succeeded'],
  ])('%s: it is %s, costs what it scanned, and says whose it is', async (State, status) => {
    expect(await describing({ State })).toEqual({
      status,
      bytesScanned: TB,
      cost: { amount: 5, currency: 'USD' },
      partition,
    });
  });

  it('FAILED: it costs nothing, and may pass unless Athena says otherwise', async () => {
    const State = 'FAILED';
    expect(await describing({ State, StateChangeReason: 'out of resources' })).toMatchObject({
      status: 'failed',
      kind: 'FAILED',
      reason: 'out of resources',
      mayPass: true,
      cost: { amount: 0 },
    });
    const AthenaError = { Retryable: false, ErrorMessage: 'no such column' };
    expect(await describing({ State, AthenaError })).toMatchObject({
      reason: 'no such column',
      mayPass: false,
    });
  });

  it('CANCELLED: it met a limit or a person, would meet them again, and costs what it scanned', async () => {
    const Status = { State: 'CANCELLED', StateChangeReason: 'Bytes scanned limit was exceeded' };
    expect(await describing(Status)).toMatchObject({
      status: 'failed',
      kind: 'CANCELLED',
      reason: 'Bytes scanned limit was exceeded',
      mayPass: false,
      cost: { amount: 5 },
    });
  });

  it('is nobody’s where somebody else asked it', async () => {
    expect((await describing({ State: 'SUCCEEDED' }, 0, 'SELECT 1')).partition).toBeUndefined();
  });

  it('is missing where Athena does not know it', async () => {
    expect(await refusing('InvalidRequestException')).toMatchObject({
      status: 'failed',
      kind: 'MISSING',
      mayPass: true,
      bytesScanned: 0,
      cost: { amount: 0 },
      partition: undefined,
    });
  });

  it('is not known where Athena does not answer', async () => {
    await expect(refusing('InternalServerException')).rejects.toThrow('it is so');
  });
});
