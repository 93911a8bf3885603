import { type AthenaClient, StartQueryExecutionCommand } from '@aws-sdk/client-athena';
import type { FileRef } from '@penumbra/core/day-events';
import type { Definition } from '@penumbra/core/definition';
import type {
  Evaluation,
  HeldEvaluation,
  Queries,
  QueryRequest,
  QuerySubmission,
} from '@penumbra/core/pipeline/ports';
import { cutsOf } from '@penumbra/core/policy-schema';
import type { Problem, Result } from '@penumbra/core/problem';
import { summarize } from '@penumbra/evaluator/finalize';
import { BINS } from '@penumbra/evaluator/metric-layout';
import { serialize } from '@penumbra/evaluator/metrics-file';
import { dayStatement, unloadStatement } from '@penumbra/evaluator/sql/day-statement';
import { metricsFromRows } from '@penumbra/evaluator/sql/metrics-from-rows';
import { type DayColumns, unfitForAthena } from '@penumbra/evaluator/sql/sql-columns';
import { athenaTables } from '@penumbra/evaluator/sql/tables';
import { fetchRows, inOneOrder, readUnloaded } from './athena-results.ts';
import type { Tables } from './glue-tables.ts';
import { signed, tokenOf } from './query-identity.ts';
import type { Bucket } from './s3-objects.ts';
import { unexpectedFiles } from './unexpected-files.ts';

/** Characters of a statement that Athena takes. */
const LONGEST_STATEMENT = 262_144;
/** Rows above which a result goes by UNLOAD: GetQueryResults hands out a thousand a request. */
const MOST_FETCHED_ROWS = 10_000;

export interface AthenaPlaces {
  readonly workgroup: string;
  readonly database: string;
  /** Bucket of the data, and of what UNLOAD writes. */
  readonly bucket: string;
  readonly resultsBucket: string;
  /** What signs our statements. */
  readonly prefix: string;
}

/** Which columns a look's files have, in which order: CSV tables go by position. */
export type ColumnsOf = (
  request: Pick<QueryRequest, 'definition' | 'records' | 'predictions' | 'outcomes'>,
) => Promise<Result<DayColumns>>;

export interface AthenaParts {
  readonly client: AthenaClient;
  readonly tables: Tables;
  readonly bucket: Bucket;
  readonly results: Bucket;
  readonly columnsOf: ColumnsOf;
}

/** The part of queries that reads files and results; the rest is in athena-executions.ts. */
export type Asking = Pick<Queries, 'unfit' | 'submit' | 'results'>;

/** Asks queries in one workgroup, over tables that are made as the definitions need them. */
export function athenaQueries(
  { client, tables, bucket, results, columnsOf }: AthenaParts,
  places: AthenaPlaces,
): Asking {
  async function statementFor(request: QueryRequest): Promise<Result<Statement> | HeldEvaluation> {
    const { definition, deployment, date, asOf, jobName, outcomes, records } = request;
    const unfit = unfitForAthena(definition);
    if (unfit.length > 0) return { ok: false, problems: unfit };
    const strangers = unexpectedFiles(outcomes, definition.outcomes.format);
    if (strangers.length > 0) return { ok: false, step: 'outcomes', problems: strangers };
    const columns = await columnsOf(request);
    if (!columns.ok)
      return { ok: false, step: stepOf(request, columns.problems), problems: columns.problems };
    const { bucket: name, database, prefix, resultsBucket } = places;
    const made = athenaTables(definition, { bucket: name, columns: columns.value });
    for (const table of Object.values(made)) if (table) await tables.ensure(table);
    const select = dayStatement(definition, {
      database,
      tables: made,
      date,
      landedThrough: asOf,
      ...(jobName === undefined ? {} : { jobName }),
      recordsFirst: bytesOf(outcomes) > 1.5 * bytesOf(records),
    });
    // UNLOAD writes to an empty place only: one for each query that may be asked.
    const output =
      mostRows(definition) <= MOST_FETCHED_ROWS ? '' : `unload/${tokenOf(prefix, request.eventId, select)}/`;
    const statement = signed(
      output === '' ? select : unloadStatement(select, { location: `s3://${resultsBucket}/${output}` }),
      prefix,
      { deployment, date },
    );
    if (statement.length > LONGEST_STATEMENT) return { ok: false, problems: [tooLong(statement)] };
    return { ok: true, value: { statement, output } };
  }

  return {
    unfit: (definition) => unfitForAthena(definition)[0]?.what,

    async submit(request): Promise<QuerySubmission> {
      const made = await statementFor(request);
      if ('step' in made) return { status: 'held', held: made };
      if (!made.ok) return { status: 'rejected', reason: reasonOf(made.problems) };
      const { statement, output } = made.value;
      const clientRequestToken = tokenOf(places.prefix, request.eventId, statement);
      try {
        const { QueryExecutionId: queryExecutionId = '' } = await client.send(
          new StartQueryExecutionCommand({
            QueryString: statement,
            ClientRequestToken: clientRequestToken,
            QueryExecutionContext: { Database: places.database },
            WorkGroup: places.workgroup,
          }),
        );
        return { status: 'submitted', queryExecutionId, clientRequestToken, output };
      } catch (error) {
        const { name, message } = error as Error;
        if (name === 'TooManyRequestsException') return { status: 'later', reason: message };
        if (name === 'InvalidRequestException') return { status: 'rejected', reason: `${name}: ${message}` };
        throw error;
      }
    },

    async results(request): Promise<Evaluation | 'missing'> {
      const { definition, queryExecutionId, output, metricsKey } = request;
      const rows =
        output === '' ? await fetchRows(client, queryExecutionId) : await readUnloaded(results, output);
      if (rows === 'missing') return 'missing';
      const { records, predictions, outcomes } = request;
      const files = {
        records: filledIn(records),
        predictions: filledIn(predictions),
        outcomes: filledIn(outcomes),
      };
      const evaluation = metricsFromRows(definition, inOneOrder(rows), { bucket: places.bucket, files });
      if (!evaluation.ok) return evaluation;
      const sha256 = await bucket.write(metricsKey, serialize(evaluation.metrics));
      const summary = evaluation.arms.complete(summarize(evaluation.metrics));
      return { ok: true, summary, metrics: { key: metricsKey, sha256 } };
    },
  };
}

interface Statement {
  readonly statement: string;
  /** Prefix of what UNLOAD writes; empty where the rows are fetched. */
  readonly output: string;
}

/** Rows that a result may have: for each slice and stratum the combinations of decisions and outcome, by score bin. */
function mostRows({ slices, policy, task }: Definition): number {
  const groups = (slices.length + 1) * (cutsOf(policy).length + 1);
  return task.type === 'regression' ? groups : groups * DECISIONS_AND_OUTCOMES * BINS;
}
const DECISIONS_AND_OUTCOMES = 8;

const bytesOf = (files: readonly FileRef[]) => files.reduce((sum, { bytes }) => sum + bytes, 0);
const filledIn = (files: readonly FileRef[]) => files.filter(({ bytes }) => bytes > 0).length;

/** Whose file the first problem is of. */
function stepOf({ records, predictions }: QueryRequest, [first]: readonly Problem[]): HeldEvaluation['step'] {
  const isIn = (files: readonly FileRef[]) => files.some(({ key }) => key === first?.where);
  if (isIn(records)) return 'records';
  return isIn(predictions) ? 'predictions' : 'outcomes';
}

const tooLong = (statement: string): Problem => ({
  where: 'the query of the definition',
  what: `it has ${statement.length} characters, and Athena takes ${LONGEST_STATEMENT}`,
  remedy: 'Use fewer or simpler slices, or the engine lambda',
});

const reasonOf = (problems: readonly Problem[]): string =>
  problems.map(({ where, what, remedy }) => `${where}: ${what}. ${remedy}`).join('; ');
