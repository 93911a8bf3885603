import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { definitionJsonSchema, describeField, parseDefinition } from './definition.ts';
import { describeProblem, type Problem } from './problem.ts';
import {
  exampleDefinition,
  exampleInput,
  exampleRegression,
  exampleRegressionInput,
} from './testing/example-definition.ts';

function problemsOf(input: unknown): readonly Problem[] {
  const parsed = parseDefinition(input);
  return parsed.ok ? [] : parsed.problems;
}

/** A copy of the minimal definition with one field, at any depth, set to something else (removed: undefined). */
function given(path: string, value: unknown, input: unknown = exampleInput): unknown {
  const copy: unknown = structuredClone(input);
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  let at = Object(copy);
  for (const step of steps) {
    at[step] ??= {};
    at = at[step];
  }
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

describe('the least that a definition must say', () => {
  it('is a deployment, a task, its files, a challenger and slices; everything else has a default', () => {
    expect(exampleDefinition).toEqual({
      ...exampleInput,
      description: '',
      task: {
        ...exampleInput.task,
        payoff: {
          currency: 'USD',
          truePositive: { fixed: 150, perAmount: 0, perMoney: 0 },
          falsePositive: { fixed: -40, perAmount: 0, perMoney: 0 },
          falseNegative: { fixed: -300, perAmount: 0, perMoney: 0 },
          trueNegative: { fixed: 0, perAmount: 0, perMoney: 0 },
        },
      },
      outcomes: {
        ...exampleInput.outcomes,
        minCoverage: 0.95,
        watchDays: 28,
        provisionalAges: [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233],
      },
      evaluation: {
        engine: 'lambda',
        autoBytes: 4_000_000_000,
        athena: { maxBytesScanned: 1_000_000_000_000, maxAttempts: 3 },
      },
      model: {
        ...exampleInput.model,
        transform: {
          instanceType: 'ml.m5.large',
          instanceCount: 1,
          batchStrategy: 'MultiRecord',
          maxPayloadInMB: 6,
          maxConcurrentTransforms: 1,
          maxAttempts: 3,
        },
      },
      toleratedBadRows: 0,
      policy: {
        alpha: 0.05,
        margin: 0,
        require: 'MEETS',
        shadowDays: 21,
        minRowsPerDay: 100,
        evidenceBy: 'day',
        proof: 'pairs',
        onUnproven: 'wait',
        holdoutPercent: 0,
        cooldownDays: 14,
        guardrails: [],
        stages: [1, 5, 25, 50, 100].map((percent) => ({
          percent,
          minDays: 7,
          minRows: 1000,
          approval: 'automatic',
          needs: 'proof',
        })),
      },
    });
  });

  it('is less for predictions made elsewhere: no features and no model', () => {
    expect(exampleRegression.records.features).toEqual([]);
    expect(exampleRegression.model).toBeUndefined();
  });

  it('fills the gaps of a stage', () => {
    const parsed = parseDefinition(given('policy', { stages: [{ percent: 10 }] }));
    expect(parsed).toMatchObject({
      ok: true,
      value: {
        policy: { stages: [{ percent: 10, minDays: 7, minRows: 1000, approval: 'automatic' }], alpha: 0.05 },
      },
    });
  });

  it.each([
    'deployment',
    'task',
    'records',
    'outcomes',
    'slices',
    'task.threshold',
    'task.payoff.truePositive',
  ])('has %s in it', (path) => {
    expect(problemsOf(given(path, undefined))).toMatchObject([{ where: `penumbra.json: ${path}` }]);
  });
  it.each([
    'records.id',
    'records.unit',
    'records.incumbent',
    'outcomes.id',
    'outcomes.label',
    'outcomes.maturityDays',
  ])('has %s in it', (path) => {
    expect(problemsOf(given(path, undefined))).toMatchObject([{ where: `penumbra.json: ${path}` }]);
  });
});

describe('a definition with half a character in it', () => {
  it('is refused, with the place: rollout documents and hashes cannot hold it', () => {
    const slices = [{ slice: 'hubs', when: [{ field: 'airport', oneOf: ['ATL', 'OR\ud83d'] }] }];
    expect(parseDefinition({ ...exampleInput, slices })).toEqual({
      ok: false,
      problems: [
        {
          where: 'penumbra.json: slices.0.when.0.oneOf.1',
          what: 'half of a character is missing (a lone surrogate)',
          remedy: 'Type or copy the text again: rollout documents and hashes cannot hold it',
        },
      ],
    });
    const whole = [{ slice: 'hubs', when: [{ field: 'airport', oneOf: ['\ud83d\ude00'] }] }];
    expect(parseDefinition({ ...exampleInput, slices: whole }).ok).toBe(true);
  });
});

describe('a definition, once read', () => {
  it.each([exampleDefinition, exampleRegression])('reads as itself again: $deployment', (definition) => {
    expect(parseDefinition(definition)).toEqual({ ok: true, value: definition });
    expect(parseDefinition(JSON.parse(JSON.stringify(definition)))).toEqual({ ok: true, value: definition });
  });

  it('reads as itself again, whatever was left to the defaults', () => {
    const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
    const days = optional(fc.integer({ min: 0, max: 1000 }));
    const edits = fc.record({
      description: optional(fc.string()),
      'records.amount': fc.constant('fare'),
      'outcomes.money': optional(fc.constant('refund')),
      'outcomes.watchDays': days,
      'outcomes.minCoverage': optional(fc.double({ min: 0, max: 1, noNaN: true })),
      'outcomes.provisionalAges': optional(fc.array(fc.nat(300), { maxLength: 5 })),
      'task.payoff.trueNegative.perAmount': optional(fc.double({ noNaN: true, noDefaultInfinity: true })),
      'model.transform.maxAttempts': optional(fc.integer({ min: 1, max: 20 })),
      'policy.shadowDays': days,
      'policy.require': optional(fc.constantFrom('MEETS', 'EXCEEDS')),
      'policy.stages': optional(
        fc
          .uniqueArray(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 6 })
          .map((percents) => percents.sort((a, b) => a - b).map((percent) => ({ percent }))),
      ),
    });
    fc.assert(
      fc.property(edits, (changes) => {
        const input = Object.entries(changes).reduce<unknown>(
          (edited, [path, value]) => (value === undefined ? edited : given(path, value, edited)),
          exampleInput,
        );
        const parsed = parseDefinition(input);
        expect(parsed).toMatchObject({ ok: true });
        if (parsed.ok) expect(parseDefinition(parsed.value)).toEqual(parsed);
      }),
    );
  });
});

describe('what is wrong with a definition is told by its path, and what the field is for', () => {
  const MODEL = { modelName: 'm' };
  const cases: [string, string, unknown, string][] = [
    ['deployment', 'deployment', 'Rebooking', 'use lower-case letters, digits and single hyphens'],
    ['deployment', 'deployment', '9-lives', 'a letter first'],
    ['deployment', 'deployment', 'two--hyphens', 'single hyphens'],
    ['deployment', 'deployment', 'a'.repeat(41), '<=40'],
    ['description', 'description', 'x'.repeat(2001), '<=2000'],
    ['task.threshold', 'task.threshold', 1.5, '<=1'],
    ['task.threshold', 'task.threshold', '0.5', 'expected number, received string'],
    ['task.type', 'task.type', 'ranking', "'binary-classification' | 'regression'"],
    ['task.payoff.currency', 'task.payoff.currency', 'usd', 'use a code such as USD'],
    ['task.payoff.trueNegative.perAmount', 'task.payoff.trueNegative.perAmount', 0.1, 'needs records.amount'],
    ['task.payoff.falsePositive.perMoney', 'task.payoff.falsePositive.perMoney', -1, 'needs outcomes.money'],
    ['records.format', 'records.format', 'xml', 'expected one of "csv"'],
    ['toleratedBadRows', 'toleratedBadRows', -1, '>=0'],
    ['records.id', 'records.id', '', '>=1'],
    ['records.features', 'records.features', [], 'a model needs at least one feature column'],
    ['outcomes.maturityDays', 'outcomes.maturityDays', -1, '>=0'],
    ['outcomes.maturityDays', 'outcomes.maturityDays', 1.5, 'expected int'],
    ['outcomes.maturityDays', 'outcomes.maturityDays', 1001, '<=1000'],
    ['outcomes.minCoverage', 'outcomes.minCoverage', 95, '<=1'],
    ['outcomes.provisionalAges.1', 'outcomes.provisionalAges', [1, -2], '>=0'],
    ['model', 'model', undefined, 'give either model or predictions'],
    ['model', 'predictions', exampleRegressionInput.predictions, 'give either model or predictions'],
    ['model.modelName', 'model.modelName', 'a_b', 'use letters, digits and hyphens'],
    [
      'model.url',
      'model',
      { ...MODEL, command: ['run'], url: 'http://localhost:8080' },
      'either command or url',
    ],
    ['model.url', 'model', { ...MODEL, url: 'ftp://localhost' }, 'invalid URL'],
    ['model.command', 'model', { ...MODEL, command: [] }, '>=1'],
    ['model.transform.maxPayloadInMB', 'model.transform', { maxPayloadInMB: 0 }, '>=1'],
    [
      'model.transform.maxPayloadInMB',
      'model.transform',
      { maxPayloadInMB: 26, maxConcurrentTransforms: 4 },
      'at most 100 (a limit of SageMaker)',
    ],
    ['model.transform.maxAttempts', 'model.transform', { maxAttempts: 0 }, '>=1'],
    ['evaluation.engine', 'evaluation', { engine: 'spark' }, 'expected one of "lambda"'],
    [
      'evaluation.athena.maxBytesScanned',
      'evaluation',
      { athena: { maxBytesScanned: 9_999_999 } },
      '>=10000000',
    ],
    ['evaluation.athena.maxAttempts', 'evaluation', { athena: { maxAttempts: 0 } }, '>=1'],
    ['slices', 'slices', [], '>=1'],
    ['slices.1.slice', 'slices.1.slice', 'small-airports', 'slice "small-airports" is there twice'],
    ['slices.0.slice', 'slices.0.slice', 'Small Airports', 'use lower-case letters, digits and hyphens'],
    ['slices.0.when', 'slices.0.when', [], '>=1'],
    ['slices.0.when.0', 'slices.0.when', [{ field: 'fare' }], 'a range needs atLeast, below, or both'],
    ['slices.0.when.0.atLeast', 'slices.0.when', [{ field: 'fare', atLeast: '10' }], 'expected number'],
    ['slices.0.when.0.oneOf', 'slices.0.when', [{ field: 'fare', oneOf: [] }], '>=1'],
    ['policy.alpha', 'policy', { alpha: 0.5 }, '<0.5'],
    ['policy.alpha', 'policy', { alpha: 0 }, '>0'],
    ['policy.margin', 'policy', { margin: -1 }, '>=0'],
    ['policy.require', 'policy', { require: 'meets' }, '"MEETS"|"EXCEEDS"'],
    ['policy.minRowsPerDay', 'policy', { minRowsPerDay: 0 }, '>=1'],
    ['policy.stages', 'policy', { stages: [] }, '>=1'],
    ['policy.stages.0.percent', 'policy', { stages: [{ percent: 0 }] }, '>0'],
    ['policy.stages.0.percent', 'policy', { stages: [{ percent: 101 }] }, '<=100'],
    [
      'policy.stages.1.percent',
      'policy',
      { stages: [{ percent: 5 }, { percent: 5 }] },
      '5 % does not grow after 5 %',
    ],
    [
      'policy.stages.0.percent',
      'policy',
      { stages: [{ percent: 95 }, { percent: 100 }], holdoutPercent: 5 },
      'leaves no room',
    ],
    ['policy.stages.0.percent', 'policy', { stages: [{ percent: 0.0001 }] }, 'at most three decimals'],
    ['policy.holdoutPercent', 'policy', { holdoutPercent: -1 }, '>=0'],
    [
      'policy.guardrails.1.metric',
      'policy',
      {
        guardrails: [
          { metric: 'brier', margin: 1 },
          { metric: 'brier', margin: 2 },
        ],
      },
      'there twice',
    ],
    [
      'policy.guardrails.0.metric',
      'policy',
      { guardrails: [{ metric: 'absoluteError', margin: 1 }] },
      'no metric of a binary-classification',
    ],
    ['outcomeObservableWhen', 'outcomeObservableWhen', 'always', 'expected'],
    [
      'policy.stages.0.approval',
      'policy',
      { stages: [{ percent: 5, approval: 'none' }] },
      '"automatic"|"manual"',
    ],
  ];

  it.each(cases)('%s: where %s is %j', (where, path, value, what) => {
    const problems = problemsOf(given(path, value));
    expect(problems).toMatchObject([{ where: `penumbra.json: ${where}` }]);
    expect(problems[0]?.what).toContain(what);
    expect(problems[0]?.remedy).toMatch(/^This field is: ./);
  });

  it('reads as one line, with the file that the definition came from', () => {
    const parsed = parseDefinition(given('task.threshold', 2), 'trial/penumbra.json');
    expect(parsed.ok ? [] : parsed.problems.map(describeProblem)).toEqual([
      'trial/penumbra.json: task.threshold: too big: expected number to be <=1. ' +
        'This field is: The challenger acts where its score is at least this.',
    ]);
  });

  it('names every problem, not the first alone', () => {
    const input = given('outcomes.maturityDays', -1, given('task.threshold', 2));
    expect(problemsOf(input).map(({ where }) => where)).toEqual([
      'penumbra.json: task.threshold',
      'penumbra.json: outcomes.maturityDays',
    ]);
  });

  it.each([null, [], 'text', 7, undefined])('says that %j is no definition at all', (input) => {
    expect(problemsOf(input)).toMatchObject([
      { where: 'penumbra.json: the definition', remedy: expect.stringContaining('docs/definition.md') },
    ]);
  });
});

describe('a definition that asks for queries', () => {
  const asking = (engine: string) => {
    const { outcomes } = exampleInput;
    return parseDefinition({
      ...exampleInput,
      outcomes: { ...outcomes, format: 'arrow' },
      evaluation: { engine },
    });
  };

  it('has no files that Athena does not read; where the function may be chosen, that reads them', () => {
    expect(asking('athena')).toMatchObject({
      ok: false,
      problems: [
        { where: 'penumbra.json: outcomes.format', what: expect.stringContaining('reads no arrow files') },
      ],
    });
    expect(asking('auto').ok).toBe(true);
    expect(asking('lambda').ok).toBe(true);
  });
});

describe('a field that no definition has', () => {
  it.each([
    ['colour', 'colour', ['deployment', 'task', 'slices', 'policy']],
    ['records.colour', 'records.colour', ['id', 'unit', 'incumbent', 'amount', 'features']],
    [
      'task.payoff.truePositive.colour',
      'task.payoff.truePositive.colour',
      ['fixed', 'perAmount', 'perMoney'],
    ],
    ['model.transform.colour', 'model.transform.colour', ['instanceType', 'maxAttempts']],
    ['policy.stages.0.colour', 'policy.stages', ['percent', 'minDays', 'approval']],
  ])('%s is named with the fields beside it', (where, path, neighbours) => {
    const value = path === 'policy.stages' ? [{ percent: 5, colour: 'red' }] : 'red';
    const [problem, ...others] = problemsOf(given(path, value));
    expect(others).toEqual([]);
    expect(problem?.where).toBe(`penumbra.json: ${where}`);
    expect(problem?.what).toContain('there is no field "colour"');
    for (const neighbour of neighbours) expect(problem?.remedy).toContain(neighbour);
    expect(problem?.remedy).not.toContain('$schema');
  });

  it('is named in a condition of a slice with the fields of every kind of condition', () => {
    const problems = problemsOf(given('slices.0.when', [{ field: 'fare', equal: 1 }]));
    const unknown = problems.find(({ where }) => where === 'penumbra.json: slices.0.when.0.equal');
    expect(unknown?.remedy).toContain('field, equals, oneOf, atLeast, below');
  });

  it.each(['__proto__', 'constructor', 'toString'])('is no way in: %s', (field) => {
    const input: unknown = JSON.parse(JSON.stringify(exampleInput).replace(/^\{/, `{"${field}": {"a": 1},`));
    expect(problemsOf(input)).toMatchObject([{ where: `penumbra.json: ${field}` }]);
  });
});

describe('the documentation of a definition', () => {
  interface Schema {
    readonly description?: string;
    readonly properties?: Readonly<Record<string, Schema>>;
    readonly items?: Schema;
    readonly anyOf?: readonly Schema[];
    readonly oneOf?: readonly Schema[];
  }
  const fieldsOf = (schema: Schema, at = ''): [string, Schema][] => [
    ...Object.entries(schema.properties ?? {}).flatMap(([field, inner]): [string, Schema][] => [
      [`${at}${field}`, inner],
      ...fieldsOf(inner, `${at}${field}.`),
    ]),
    ...[...(schema.items ? [schema.items] : []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap(
      (inner) => fieldsOf(inner, at),
    ),
  ];
  const fields = fieldsOf(definitionJsonSchema());

  it('says what every field is for', () => {
    expect(fields.length).toBeGreaterThan(60);
    expect(fields.filter(([, { description }]) => !description).map(([path]) => path)).toEqual([]);
  });

  it('is found by path, inside lists and choices too', () => {
    expect(describeField(['outcomes', 'maturityDays'])).toContain('judged');
    expect(describeField(['policy', 'stages', 3, 'approval'])).toContain('manual');
    expect(describeField(['slices', 0, 'when', 0, 'oneOf'])).toBe('The values that match.');
    expect(describeField(['task', 'cost', 'perUnitOver'])).toContain('above the outcome');
  });

  it('tells all meanings of a field that means several things', () => {
    expect(describeField(['task', 'type'])).toMatch(/score in \[0, 1\].* Or: .*predict a number/);
  });

  it('says nothing about what is no field', () => {
    expect(describeField(['colour'])).toBeUndefined();
    expect(describeField(['constructor', 'name'])).toBeUndefined();
    expect(describeField(['deployment', 0])).toBeUndefined();
  });
});
