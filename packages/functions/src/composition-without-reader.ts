import { type Composed, composePipeline, type Environment, type Instrument } from './pipeline-composition.ts';

const nothingToRead = (): Promise<never> =>
  Promise.reject(new Error('this function reads no files: its bundle has no reader'));

/**
 * The pipeline of the functions that read no files. Their bundles have no DuckDB, which is seventy megabytes and half
 * a second of a cold start. Throws where a variable is missing, naming it.
 */
export const composeWithoutReader = (
  environment: Environment,
  now?: () => string,
  instrument?: Instrument,
): Composed =>
  composePipeline(
    () => ({
      evaluator: { prepare: nothingToRead, evaluate: nothingToRead },
      asking: { unfit: () => undefined, submit: nothingToRead, results: nothingToRead },
    }),
    environment,
    now,
    instrument,
  );
