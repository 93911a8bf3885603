import { z } from 'zod';
import { evaluationSchema } from './evaluation-schema.ts';
import { CLASSIFICATION_METRICS, policyProblems, policySchema, REGRESSION_METRICS } from './policy-schema.ts';
import { type Problem, type Result, success } from './problem.ts';
import { sliceSchema } from './slices.ts';
import { malformedTexts } from './well-formed.ts';

const name = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'use lower-case letters, digits and single hyphens, a letter first')
  .max(40);
const column = z.string().min(1);
const share = z.number().min(0).max(1);
const days = z.number().int().min(0).max(1000);

const cellSchema = z
  .strictObject({
    fixed: z.number().default(0).describe('Amount per record, in the currency of the pay-off.'),
    perAmount: z.number().default(0).describe("Times the record's amount column."),
    perMoney: z.number().default(0).describe("Times the outcome's money column."),
  })
  .describe(
    'What one combination of decision and outcome is worth: fixed + perAmount × amount + perMoney × money.',
  );

const payoffSchema = z
  .strictObject({
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'use a code such as USD')
      .describe('ISO 4217 code of every amount of money.'),
    truePositive: cellSchema.describe('Acted, and the outcome was positive.'),
    falsePositive: cellSchema.describe('Acted, and the outcome was negative.'),
    falseNegative: cellSchema.describe('Did not act, and the outcome was positive.'),
    trueNegative: cellSchema.describe('Did not act, and the outcome was negative.'),
  })
  .describe('What decisions are worth to the business; costs are negative.');

const taskSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z
      .literal('binary-classification')
      .describe('The model gives a score in [0, 1]; the incumbent decides 0 or 1.'),
    threshold: share.describe('The challenger acts where its score is at least this.'),
    payoff: payoffSchema,
  }),
  z.strictObject({
    type: z.literal('regression').describe('Model and incumbent predict a number.'),
    cost: z
      .strictObject({
        currency: z
          .string()
          .regex(/^[A-Z]{3}$/, 'use a code such as USD')
          .describe('ISO 4217 code.'),
        perUnitOver: z.number().min(0).describe('Cost of each unit that a prediction is above the outcome.'),
        perUnitUnder: z.number().min(0).describe('Cost of each unit that a prediction is below the outcome.'),
      })
      .describe('What an error costs; the value of a prediction is minus its cost.'),
  }),
]);

const format = z
  .enum(['csv', 'jsonl', 'parquet', 'arrow'])
  .describe(
    'File format: csv with a header line, jsonl (one object a line), parquet (snappy, zstd or plain), arrow (Arrow IPC, uncompressed).',
  );

const recordsSchema = z.strictObject({
  format,
  id: column.describe('Column of the record id: text of at most 256 bytes, unique within a partition.'),
  unit: column.describe('Column of the unit that keeps its arm: a user, an account, a route.'),
  incumbent: column.describe('Column of what decides today: 0 or 1 (classification), a number (regression).'),
  amount: column.optional().describe('Column of the amount of money at stake in the record.'),
  features: z
    .array(column)
    .default([])
    .describe('Numeric columns sent to the model, in this order; an empty cell is a missing value.'),
});

const outcomesSchema = z.strictObject({
  format,
  id: column.describe('Column of the record id that the outcome belongs to.'),
  label: column.describe('Column of what happened: 0 or 1 (classification), a number (regression).'),
  money: column.optional().describe('Column of the money that moved with the outcome.'),
  maturityDays: days.describe('Age in days at which the outcomes of a date are judged.'),
  minCoverage: share
    .default(0.95)
    .describe('Share of the records that must have an outcome before a date counts.'),
  watchDays: days
    .default(28)
    .describe(
      'Days after maturity in which a badly covered date may still mature, and corrections are recorded as restatements.',
    ),
  provisionalAges: z
    .array(z.number().int().min(0))
    .default([1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233])
    .describe(
      'Ages in days before maturity at which a date is evaluated provisionally; no evidence rests on them.',
    ),
});

const transformSchema = z
  .strictObject({
    instanceType: z.string().default('ml.m5.large').describe('SageMaker instance type of the transform.'),
    instanceCount: z.number().int().min(1).max(100).default(1).describe('Instances per transform.'),
    batchStrategy: z
      .enum(['MultiRecord', 'SingleRecord'])
      .default('MultiRecord')
      .describe('As many records a request as fit, or one.'),
    maxPayloadInMB: z
      .number()
      .int()
      .min(1)
      .max(100)
      .default(6)
      .describe('Largest request to the model, in MB.'),
    maxConcurrentTransforms: z
      .number()
      .int()
      .min(1)
      .max(100)
      .default(1)
      .describe('Requests in flight per instance.'),
    maxAttempts: z
      .number()
      .int()
      .min(1)
      .max(20)
      .default(3)
      .describe('Transforms of one date before it is given up as NOT_ASSESSABLE.'),
  })
  .refine((transform) => transform.maxPayloadInMB * transform.maxConcurrentTransforms <= 100, {
    message: 'maxPayloadInMB × maxConcurrentTransforms is at most 100 (a limit of SageMaker)',
    path: ['maxPayloadInMB'],
  });

const modelSchema = z
  .strictObject({
    modelName: z
      .string()
      .regex(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/, 'use letters, digits and hyphens, at most 63')
      .describe('Name of the SageMaker model.'),
    executionRoleArn: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
        'give an ARN such as arn:aws:iam::123456789012:role/name',
      )
      .optional()
      .describe(
        "Role that the model runs as, where it is not the stage's own; registration checks that the model has it.",
      ),
    transform: transformSchema.prefault({}).describe('How the daily Batch Transform runs.'),
    command: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe('Trials only: starts the container on this machine.'),
    url: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('Trials only: address of a container that runs already.'),
  })
  .describe('The challenger as a SageMaker model.');

const predictionsSchema = z
  .strictObject({
    format,
    id: column.describe('Column of the record id that the prediction belongs to.'),
    score: column.describe('Column of the score in [0, 1] (classification) or the prediction (regression).'),
  })
  .describe('The challenger as predictions made elsewhere, put beside the records.');

export const definitionSchema = z
  .strictObject({
    $schema: z.string().optional().describe('For editors only.'),
    deployment: name.describe('Name of the deployment; part of every S3 key, job name and event.'),
    description: z
      .string()
      .max(2000)
      .default('')
      .describe('What is decided here and for whom, for the people who read the page.'),
    task: taskSchema.describe('What is predicted, and what it is worth.'),
    records: recordsSchema.describe('Files <deployment>/records/date=YYYY-MM-DD/.'),
    outcomes: outcomesSchema.describe('Files <deployment>/outcomes/landed=YYYY-MM-DD/.'),
    model: modelSchema.optional(),
    predictions: predictionsSchema.optional(),
    outcomeObservableWhen: z
      .enum(['acted', 'not-acted'])
      .optional()
      .describe(
        'Where the decision taken determines whether the outcome is seen (a declined loan): the decision that shows it. Then only records count on which both decisions show it, the worst case is shown beside them, and every promotion needs a person.',
      ),
    slices: z
      .array(sliceSchema)
      .min(1)
      .max(50)
      .describe('Slices of the traffic in order of business risk, the least first.'),
    toleratedBadRows: z
      .number()
      .int()
      .min(0)
      .default(0)
      .describe(
        'Rows of a date, over all its files, that may be unreadable: they are left out and counted. One more holds the date.',
      ),
    evaluation: evaluationSchema.prefault({}).describe('Which engine compares a day, and how far it may go.'),
    policy: policySchema.prefault({}).describe('When the challenger gets traffic, and how much.'),
  })
  .superRefine((definition, context) => {
    const problem = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message, input: undefined });
    if ((definition.model === undefined) === (definition.predictions === undefined)) {
      problem(['model'], 'give either model or predictions: one challenger');
    }
    if (definition.model && definition.records.features.length === 0) {
      problem(['records', 'features'], 'a model needs at least one feature column');
    }
    if (definition.model?.command && definition.model.url) {
      problem(['model', 'url'], 'give either command or url');
    }
    const names = definition.slices.map((slice) => slice.slice);
    names.forEach((slice, index) => {
      if (names.indexOf(slice) !== index)
        problem(['slices', index, 'slice'], `slice "${slice}" is there twice`);
    });
    for (const [path, message] of policyProblems(definition.policy)) problem(['policy', ...path], message);
    const { type } = definition.task;
    const foreign = type === 'regression' ? CLASSIFICATION_METRICS : REGRESSION_METRICS;
    definition.policy.guardrails.forEach(({ metric }, index) => {
      if (foreign.includes(metric)) {
        problem(['policy', 'guardrails', index, 'metric'], `${metric} is no metric of a ${type}`);
      }
    });
    if (definition.evaluation.engine === 'athena') {
      for (const folder of ['records', 'outcomes', 'predictions'] as const) {
        if (definition[folder]?.format === 'arrow') {
          problem([folder, 'format'], 'Athena reads no arrow files: use parquet, or the engine lambda');
        }
      }
    }
    if (definition.outcomeObservableWhen !== undefined && type === 'regression') {
      problem(['outcomeObservableWhen'], 'only a decision can hide its outcome: this is for classification');
    }
    if (definition.task.type === 'binary-classification') {
      const cells = Object.entries(definition.task.payoff).filter(([cell]) => cell !== 'currency');
      for (const [cell, amounts] of cells) {
        if (typeof amounts === 'string') continue;
        if (amounts.perAmount !== 0 && definition.records.amount === undefined) {
          problem(['task', 'payoff', cell, 'perAmount'], 'perAmount needs records.amount to name a column');
        }
        if (amounts.perMoney !== 0 && definition.outcomes.money === undefined) {
          problem(['task', 'payoff', cell, 'perMoney'], 'perMoney needs outcomes.money to name a column');
        }
      }
    }
  });

/** A deployment as its owner defined it, every default filled in. */
export type Definition = z.infer<typeof definitionSchema>;

/**
 * Reads a definition from parsed JSON. Every problem names the path in the definition, what is wrong there, and
 * what the field is for.
 */
export function parseDefinition(input: unknown, where = 'penumbra.json'): Result<Definition> {
  const parsed = definitionSchema.safeParse(input);
  if (parsed.success) {
    const malformed = malformedTexts(parsed.data);
    if (malformed.length === 0) return success(parsed.data);
    return { ok: false, problems: malformed.map((path) => malformedProblem(path, where)) };
  }
  return { ok: false, problems: parsed.error.issues.flatMap((issue) => toProblems(issue, where)) };
}

const malformedProblem = (path: string, where: string): Problem => ({
  where: `${where}: ${path}`,
  what: 'half of a character is missing (a lone surrogate)',
  remedy: 'Type or copy the text again: rollout documents and hashes cannot hold it',
});

function toProblems(issue: z.core.$ZodIssue, where: string): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      where: `${where}: ${[...issue.path, key].join('.')}`,
      what: `there is no field "${key}" ${issue.path.length === 0 ? 'in a definition' : `in ${issue.path.join('.')}`}`,
      remedy: `Remove it or correct its name; known fields are ${knownFields(issue.path).join(', ') || 'in docs/definition.md'}`,
    }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const [closest = []] = [...issue.errors].sort((a, b) => a.length - b.length);
    return closest.flatMap((inner) => toProblems({ ...inner, path: [...issue.path, ...inner.path] }, where));
  }
  const path = issue.path.join('.') || 'the definition';
  const meaning = meaningOf(issue.path);
  return [
    {
      where: `${where}: ${path}`,
      what: issue.message.replace(/^./, (first) => first.toLowerCase()),
      remedy: meaning
        ? `This field is: ${meaning.replace(/\.$/, '')}`
        : 'See docs/definition.md for the fields and their types',
    },
  ];
}

/** What a path of the definition means, in the words of its documentation; undefined for an unknown path. */
export function describeField(path: readonly PropertyKey[]): string | undefined {
  const meanings = schemasAt(path).flatMap(({ description }) => description ?? []);
  return meanings.length > 0 ? [...new Set(meanings)].join(' Or: ') : undefined;
}

/** The meaning of a path, or of the nearest field around it that has one: the items of a list have none. */
function meaningOf(path: readonly PropertyKey[]): string | undefined {
  if (path.length === 0) return undefined;
  return describeField(path) ?? meaningOf(path.slice(0, -1));
}

function knownFields(path: readonly PropertyKey[]): string[] {
  const fields = schemasAt(path)
    .flatMap(choices)
    .flatMap(({ properties = {} }) => Object.keys(properties));
  return [...new Set(fields)].filter((field) => field !== '$schema');
}

interface JsonSchema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

let cachedJsonSchema: JsonSchema | undefined;

/** The definition as JSON Schema (draft 2020-12), for editors and for the documentation. */
export function definitionJsonSchema(): JsonSchema {
  cachedJsonSchema ??= z.toJSONSchema(definitionSchema, {
    io: 'input',
    unrepresentable: 'any',
  }) as JsonSchema;
  return cachedJsonSchema;
}

/** Every schema that a path may lead to: several where a choice lies on the way. */
function schemasAt(path: readonly PropertyKey[]): JsonSchema[] {
  const start: JsonSchema[] = [definitionJsonSchema()];
  return path.reduce<JsonSchema[]>(
    (schemas, step) => schemas.flatMap(choices).flatMap((schema) => memberOf(schema, step) ?? []),
    start,
  );
}

const choices = (schema: JsonSchema): readonly JsonSchema[] => schema.anyOf ?? schema.oneOf ?? [schema];

function memberOf({ items, properties = {} }: JsonSchema, step: PropertyKey): JsonSchema | undefined {
  if (typeof step === 'number') return items;
  return Object.hasOwn(properties, step) ? properties[String(step)] : undefined;
}
