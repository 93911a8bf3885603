/** Something wrong with what a person or another system gave us, and what to do about it. */
export interface Problem {
  /** The file, S3 key, or field path that is meant. */
  readonly where: string;
  /** 1-based line in the file, header included. */
  readonly line?: number | undefined;
  readonly column?: string | undefined;
  readonly what: string;
  readonly remedy: string;
}

/** An expected outcome as a value: what went well, or what is wrong. */
export type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export const success = <Value>(value: Value): Result<Value> => ({ ok: true, value });
export const failure = (...problems: Problem[]): Result<never> => ({ ok: false, problems });

/** One line for a terminal or a log: `where, line 7, column score: what. Remedy.` */
export function describeProblem(problem: Problem): string {
  const line = problem.line === undefined ? '' : `, line ${problem.line}`;
  const column = problem.column === undefined ? '' : `, column ${problem.column}`;
  return `${problem.where}${line}${column}: ${problem.what}. ${problem.remedy.replace(/\.$/, '')}.`;
}
