import { type Definition, parseDefinition } from '../definition.ts';

/** The least that a classification must say; everything else has a default. */
export const exampleInput = {
  deployment: 'rebooking',
  task: {
    type: 'binary-classification',
    threshold: 0.5,
    payoff: {
      currency: 'USD',
      truePositive: { fixed: 150 },
      falsePositive: { fixed: -40 },
      falseNegative: { fixed: -300 },
      trueNegative: {},
    },
  },
  records: { format: 'csv', id: 'id', unit: 'passenger', incumbent: 'rebooked', features: ['delay', 'hour'] },
  outcomes: { format: 'csv', id: 'id', label: 'missed', maturityDays: 2 },
  model: { modelName: 'rebooking-2001-01' },
  slices: [
    { slice: 'small-airports', when: [{ field: 'passengers', below: 100 }] },
    { slice: 'hubs', when: [{ field: 'airport', oneOf: ['ATL', 'ORD'] }] },
  ],
} as const;

/** The least that a regression must say, with predictions made elsewhere. */
export const exampleRegressionInput = {
  deployment: 'demand',
  task: { type: 'regression', cost: { currency: 'EUR', perUnitOver: 2, perUnitUnder: 5 } },
  records: { format: 'csv', id: 'id', unit: 'shop', incumbent: 'planned' },
  outcomes: { format: 'csv', id: 'id', label: 'sold', maturityDays: 2 },
  predictions: { format: 'csv', id: 'id', score: 'predicted' },
  slices: [{ slice: 'everywhere', when: [{ field: 'region', equals: 'north' }] }],
} as const;

/** A classification by a SageMaker model. */
export const exampleDefinition: Definition = parsed(exampleInput);

/** A regression with predictions made elsewhere. */
export const exampleRegression: Definition = parsed(exampleRegressionInput);

function parsed(input: unknown): Definition {
  const definition = parseDefinition(input);
  if (!definition.ok) throw new Error(JSON.stringify(definition.problems));
  return definition.value;
}
