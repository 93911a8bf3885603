import {
  type AthenaClient,
  GetQueryExecutionCommand,
  type QueryExecution,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import type { Queries, QueryStatus } from '@penumbra/core/pipeline/ports';
import { queryCost } from '@penumbra/core/query-cost';
import { signerOf } from './query-identity.ts';

const FREE = { amount: 0, currency: 'USD' } as const;

/** What becomes of queries that were asked: those that `prefix` signed are ours. Needs no reader of files. */
export function athenaExecutions(
  client: AthenaClient,
  { prefix, usdPerTb }: { readonly prefix: string; readonly usdPerTb: number },
): Pick<Queries, 'describe' | 'stop'> {
  async function execution(queryExecutionId: string): Promise<QueryExecution | string> {
    try {
      const { QueryExecution: found } = await client.send(
        new GetQueryExecutionCommand({ QueryExecutionId: queryExecutionId }),
      );
      return found ?? `Athena says nothing of ${queryExecutionId}`;
    } catch (error) {
      const { name, message } = error as Error;
      if (name === 'InvalidRequestException') return `${name}: ${message}`;
      throw error;
    }
  }
  return {
    async describe(queryExecutionId): Promise<QueryStatus> {
      const found = await execution(queryExecutionId);
      if (typeof found === 'string') {
        const failed = { status: 'failed', kind: 'MISSING', reason: found, mayPass: true } as const;
        return { ...failed, bytesScanned: 0, cost: FREE, partition: undefined };
      }
      const bytesScanned = found.Statistics?.DataScannedInBytes ?? 0;
      const status = statusOf(found);
      const isFree = status.status === 'failed' && status.kind === 'FAILED';
      const cost = isFree ? FREE : queryCost(bytesScanned, usdPerTb);
      return { ...status, bytesScanned, cost, partition: signerOf(prefix, found.Query ?? '') };
    },
    async stop(queryExecutionId) {
      await client.send(new StopQueryExecutionCommand({ QueryExecutionId: queryExecutionId }));
    },
  };
}

type Ended = Pick<Extract<QueryStatus, { status: 'failed' }>, 'status' | 'kind' | 'reason' | 'mayPass'>;

/** A query that was cancelled met a limit, or a person: the same one again would meet them again. */
function statusOf({ Status = {} }: QueryExecution): { readonly status: 'running' | 'succeeded' } | Ended {
  const reason = Status.StateChangeReason ?? Status.AthenaError?.ErrorMessage ?? 'Athena gave no reason';
  switch (Status.State) {
    case 'SUCCEEDED':
      return { status: 'succeeded' };
    case 'FAILED': {
      const mayPass = Status.AthenaError?.Retryable ?? true;
      return { status: 'failed', kind: 'FAILED', reason, mayPass };
    }
    case 'CANCELLED':
      return { status: 'failed', kind: 'CANCELLED', reason, mayPass: false };
    default:
      return { status: 'running' };
  }
}
