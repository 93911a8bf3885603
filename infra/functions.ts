import evaluator from '../packages/evaluator/package.json' with { type: 'json' };
import type { Environment } from './environments.ts';
import { FUNCTION_NAMES, type FunctionName, GRANTS } from './grants.ts';
import { functionNameOf, logicalName } from './names.ts';
import { arn, arnOf, type Places } from './places.ts';
import { assumableBy, policyOf } from './policy.ts';
import type { Settings } from './settings.ts';
import { type Shape, shapesOf } from './shape.ts';

export type Functions = Readonly<Record<FunctionName, sst.aws.Function>>;

/** Gives each function a role of its own, with what it does and nothing else, and a log that is kept for a while. */
export function functions(
  settings: Settings,
  places: Places,
  environments: Readonly<Record<FunctionName, Environment>>,
): Functions {
  const shapes = shapesOf(settings);
  const make = (name: FunctionName): sst.aws.Function => {
    const shape = shapes[name];
    const functionName = functionNameOf(places.jobNamePrefix, name);
    const log = new aws.cloudwatch.LogGroup(`${logicalName(name)}Log`, {
      name: `/aws/lambda/${functionName}`,
      retentionInDays: settings.logRetentionDays,
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
      role: roleOf(name, functionName, places).arn,
      logging: { format: 'json', logGroup: log.name },
      ...(shape.reserved === undefined ? {} : { concurrency: { reserved: shape.reserved } }),
      environment: {
        ...environments[name],
        NODE_OPTIONS: '--enable-source-maps',
        ...(shape.readsFiles ? readerEnvironment(shape) : {}),
      },
      nodejs: shape.readsFiles ? { install: READER } : {},
    });
  };
  return Object.fromEntries(FUNCTION_NAMES.map((name) => [name, make(name)])) as Functions;
}

function roleOf(name: FunctionName, functionName: string, places: Places) {
  const ownLog = {
    Effect: 'Allow' as const,
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: [arn('logs', `log-group:/aws/lambda/${functionName}:*`)],
  };
  return new aws.iam.Role(`${logicalName(name)}Role`, {
    assumeRolePolicy: assumableBy('lambda.amazonaws.com'),
    inlinePolicies: [{ name: 'own', policy: policyOf(GRANTS[name], arnOf(places), [ownLog]) }],
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
