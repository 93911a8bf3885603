import type { Definition } from './definition.ts';
import { cutsOf } from './policy-schema.ts';

/** What compares a day, and why that: the choice is part of the event that rests on it. */
export interface EngineChoice {
  readonly engine: 'lambda' | 'athena';
  readonly reason: string;
}

/** Which engine a look is for whose files have so many bytes. */
export function engineFor({ evaluation }: Pick<Definition, 'evaluation'>, bytes: number): EngineChoice {
  const { engine, autoBytes } = evaluation;
  if (engine !== 'auto') return { engine, reason: `the definition says ${engine}` };
  return bytes > autoBytes
    ? { engine: 'athena', reason: `${bytes} bytes are more than the ${autoBytes} of evaluation.autoBytes` }
    : { engine: 'lambda', reason: `${bytes} bytes are within the ${autoBytes} of evaluation.autoBytes` };
}

/** Whether queries need the hash of each record's unit, which SQL cannot compute: where a stage splits the units. */
export const needsArms = ({ evaluation, policy }: Pick<Definition, 'evaluation' | 'policy'>): boolean =>
  evaluation.engine !== 'lambda' && cutsOf(policy).length > 0;
