import evaluator from '../packages/evaluator/package.json' with { type: 'json' };
import type { Environment } from './environments.ts';
import { FUNCTION_NAMES, type FunctionName, GRANTS, type Grant } from './grants.ts';
import { functionNameOf, logicalName } from './names.ts';
import { arn, arnOf, type Places } from './places.ts';
import { assumableBy, policyOf } from './policy.ts';
import type { Settings } from './settings.ts';
import { type Shape, shapesOf } from './shape.ts';

export type Functions = Readonly<Record<FunctionName, sst.aws.Function>>;

/** The functions that every stage has. */
export function functions(
  settings: Settings,
  places: Places,
  environments: Readonly<Record<FunctionName, Environment>>,
): Functions {
  const shapes = shapesOf(settings);
  const make = (name: FunctionName) =>
    ownFunction(name, settings, places, shapes[name], GRANTS[name], environments[name]);
  return Object.fromEntries(FUNCTION_NAMES.map((name) => [name, make(name)])) as Functions;
}

/** A function with a role of its own, for what it does and nothing else, and a log of its own that is kept for a while. */
export function ownFunction(
  name: string,
  { logRetentionDays }: Settings,
  places: Places,
  shape: Shape,
  grants: readonly Grant[],
  environment: Environment,
): sst.aws.Function {
  const functionName = functionNameOf(places.jobNamePrefix, name);
  const log = new aws.cloudwatch.LogGroup(`${logicalName(name)}Log`, {
    name: `/aws/lambda/${functionName}`,
    retentionInDays: logRetentionDays,
  });
  const ownLog = {
    Effect: 'Allow' as const,
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: [arn('logs', `log-group:/aws/lambda/${functionName}:*`)],
  };
  const role = new aws.iam.Role(`${logicalName(name)}Role`, {
    assumeRolePolicy: assumableBy('lambda.amazonaws.com'),
    inlinePolicies: [{ name: 'own', policy: policyOf(grants, arnOf(places), [ownLog]) }],
  });
  return new sst.aws.Function(logicalName(name), {
    name: functionName,
    handler: shape.handler,
    runtime: 'nodejs22.x',
    // Every version of DuckDB comes with a library for it.
    architecture: 'x86_64',
    memory: `${shape.memory} MB`,
    timeout: `${shape.timeoutSeconds} seconds`,
    storage: `${shape.storage} MB`,
    role: role.arn,
    logging: { format: 'json', logGroup: log.name },
    ...(shape.reserved === undefined ? {} : { concurrency: { reserved: shape.reserved } }),
    environment: {
      ...environment,
      NODE_OPTIONS: '--enable-source-maps',
      ...(shape.readsFiles ? readerEnvironment(shape) : {}),
    },
    nodejs: shape.readsFiles ? { install: READER } : {},
  });
}

/** The reader of files, as the evaluator pins it. npm picks the native library for the function's processor. */
const READER = Object.fromEntries(
  Object.entries(evaluator.dependencies).filter(([name]) => name.startsWith('@duckdb/')),
);

/** MB of memory that come with one virtual processor. */
const MB_PER_PROCESSOR = 1769;

/** Half of the memory is the reader's; the other half holds ids and outcomes, outside of it. */
const readerEnvironment = ({ memory }: Shape) => ({
  DUCKDB_THREADS: String(Math.max(1, Math.round(memory / MB_PER_PROCESSOR))),
  DUCKDB_MEMORY_LIMIT: `${Math.floor(memory / 2)}MB`,
});
