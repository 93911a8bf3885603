import type { Graph } from '../graph.ts';

/** Something in a stage's graph that is not as it should be. */
export interface Violation {
  readonly rule: string;
  /** What is wrong with which resource, in a sentence. */
  readonly what: string;
}

/** What must hold of every stage. `check` answers a sentence for each resource for which it does not. */
export interface Rule {
  readonly name: string;
  readonly check: (graph: Graph) => readonly string[];
}

export const violationsOf = (rules: readonly Rule[], graph: Graph): Violation[] =>
  rules.flatMap(({ name, check }) => check(graph).map((what) => ({ rule: name, what })));

/** A sentence where something is not so. */
export const unless = (holds: boolean, what: string): string[] => (holds ? [] : [what]);

export const isProduction = ({ stage }: Graph): boolean => stage === 'production';
