import { existsSync, readFileSync } from 'node:fs';
import { type Graph, ofType, type Resource } from '../graph.ts';
import { type Rule, unless } from './rule.ts';

/** Which module each function runs. */
export const HANDLERS: Readonly<Record<string, string>> = {
  submit: 'submit',
  watch: 'watch',
  complete: 'complete',
  evaluate: 'evaluate',
  review: 'review',
  sweep: 'sweep',
  read: 'api',
  feedback: 'api',
  command: 'api',
};
/** Only where the settings want it. */
const OPTIONAL: Readonly<Record<string, string>> = { notify: 'notify' };
const FOLDER = 'packages/functions/src/handlers';
const ROOT = new URL('../../../', import.meta.url);

export const functions = (graph: Graph): Resource[] => ofType(graph, 'lambda/function:Function');
/** What a function is called in the code: the physical name without the stage. */
export const shortName = (graph: Graph, { outputs }: Resource): string =>
  outputs.name.replace(`penumbra-${graph.stage}-`, '');
const componentOf = (graph: Graph, { parent }: Resource) => graph.resources.find(({ urn }) => urn === parent);

/** Transforms, and days evaluated, each of which fills a function. */
const RESERVED = ['submit', 'evaluate'];

export const FUNCTION_RULES: readonly Rule[] = [
  {
    name: 'each function runs its handler',
    check: (graph) => [
      ...Object.keys(HANDLERS).flatMap((name) =>
        unless(
          functions(graph).some((each) => shortName(graph, each) === name),
          `there is no function ${name}`,
        ),
      ),
      ...functions(graph).flatMap((each) => {
        const name = shortName(graph, each);
        const expected = `${FOLDER}/${HANDLERS[name] ?? OPTIONAL[name]}.handler`;
        const handler: string = componentOf(graph, each)?.outputs._metadata?.handler ?? '';
        const module = new URL(`${handler.replace(/\.handler$/, '')}.ts`, ROOT);
        return [
          ...unless(handler === expected, `${name} runs ${handler} instead of ${expected}`),
          ...unless(
            existsSync(module) &&
              /export (const|async function|function) handler\b/.test(readFileSync(module, 'utf8')),
            `${name} runs ${handler}, which exports no handler`,
          ),
        ];
      }),
    ],
  },
  {
    name: 'functions log JSON into logs of their own, which are not kept for ever',
    check: (graph) =>
      functions(graph).flatMap(({ name, inputs }) => {
        const log = ofType(graph, 'cloudwatch/logGroup:LogGroup').find(
          ({ outputs }) => outputs.name === inputs.loggingConfig?.logGroup,
        );
        return [
          ...unless(inputs.loggingConfig?.logFormat === 'JSON', `${name} logs no JSON`),
          ...unless(log !== undefined, `${name} has no log of its own`),
          ...unless(log === undefined || log.inputs.retentionInDays > 0, `${name} keeps its log for ever`),
        ];
      }),
  },
  {
    name: 'what uses up quotas of SageMaker, or fills a function, is bounded',
    check: (graph) =>
      functions(graph).flatMap((each) => {
        const name = shortName(graph, each);
        const reserved = each.inputs.reservedConcurrentExecutions;
        return RESERVED.includes(name)
          ? unless(
              reserved >= 2 && reserved <= 50,
              `${name} may run ${reserved ?? 'any number of'} times at once`,
            )
          : unless(
              reserved === undefined,
              `${name} takes ${reserved} of the account's concurrency for no reason`,
            );
      }),
  },
  {
    name: 'functions that read files have memory and disk for them, the others are small',
    check: (graph) =>
      functions(graph).flatMap((each) => {
        const { memorySize, ephemeralStorage } = each.inputs;
        const name = shortName(graph, each);
        return RESERVED.includes(name)
          ? unless(
              memorySize >= 3008 && ephemeralStorage?.size >= 4096,
              `${name} has ${memorySize} MB and ${ephemeralStorage?.size} MB of disk for a day's files`,
            )
          : unless(memorySize <= 1792, `${name} has ${memorySize} MB and reads no files`);
      }),
  },
  {
    name: 'environments hold what the composition asks for, and no queue of another stage',
    check: (graph) => {
      const urls = ofType(graph, 'sqs/queue:Queue').map(({ outputs }) => outputs.url);
      return functions(graph).flatMap(({ name, inputs }) => {
        const variables = inputs.environment?.variables ?? {};
        return [
          ...(name === 'NotifyFunction' ? ['WEBHOOK_URL'] : ['TABLE_NAME', 'BUCKET_NAME']).flatMap(
            (variable) => unless(Boolean(variables[variable]), `${name} is not told its ${variable}`),
          ),
          ...Object.entries(variables)
            .filter(([variable]) => variable.endsWith('_QUEUE_URL'))
            .flatMap(([variable, url]) => unless(urls.includes(url), `${name}: ${variable} is ${url}`)),
        ];
      });
    },
  },
];
