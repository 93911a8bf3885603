import { failure, type Result, success } from '@penumbra/core/problem';
import { queueVariable } from '@penumbra/functions/queue-variable';
import { z } from 'zod';

/** Under which `sst shell` tells what infra/penumbra.ts links as Penumbra. */
const TOLD = 'SST_RESOURCE_Penumbra';

const stageSchema = z.object({
  table: z.string().min(1),
  bucket: z.string().min(1),
  /** Where queries run, over which tables, where their results lie, and what a TB that they scan costs. */
  athena: z.object({
    workgroup: z.string().min(1),
    database: z.string().min(1),
    resultsBucket: z.string().min(1),
    usdPerTb: z.number().min(0),
  }),
  /** Where commands that roll back are told. */
  bus: z.string().min(1),
  jobNamePrefix: z.string().min(1),
  /** ARN of the role that the stage makes for its models. */
  transformRole: z.string().min(1),
  queueUrls: z.record(z.string(), z.string().min(1)),
});

/** Where everything of a stage is. */
export type Stage = z.infer<typeof stageSchema>;

type Environment = Readonly<Record<string, string | undefined>>;

/** The stage whose shell this is; undefined outside of `sst shell`. */
export function stageIn(environment: Environment): Result<Stage | undefined> {
  const told = environment[TOLD];
  if (told === undefined) return success(undefined);
  const parsed = stageSchema.safeParse(parsedJson(told));
  if (parsed.success) return success(parsed.data);
  return failure({
    where: TOLD,
    what: `this is not what the stage of this version tells (${z.prettifyError(parsed.error)})`,
    remedy: 'Deploy the stage with the version of Penumbra that you run here, or the other way round',
  });
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What the handlers of a stage have in their environment; nothing where no stage is known. */
export function handlerEnvironment(stage: Stage | undefined): Record<string, string> {
  if (!stage) return {};
  const urls = Object.entries(stage.queueUrls).map(([queue, url]) => [queueVariable(queue), url]);
  return {
    TABLE_NAME: stage.table,
    BUCKET_NAME: stage.bucket,
    BUS_NAME: stage.bus,
    JOB_NAME_PREFIX: stage.jobNamePrefix,
    ATHENA_WORKGROUP: stage.athena.workgroup,
    ATHENA_DATABASE: stage.athena.database,
    ATHENA_RESULTS_BUCKET: stage.athena.resultsBucket,
    ATHENA_USD_PER_TB: String(stage.athena.usdPerTb),
    ...Object.fromEntries(urls),
  };
}
