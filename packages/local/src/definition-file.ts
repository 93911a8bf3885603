import { readFile } from 'node:fs/promises';
import { type Definition, parseDefinition } from '@penumbra/core/definition';
import { failure, type Result } from '@penumbra/core/problem';
import { unfitForAthena } from '@penumbra/evaluator/sql/sql-columns';
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';

/** Reads a definition from a file, comments and trailing commas allowed; `missing` says what to do where there is none. */
export async function readDefinition(path: string, missing: string): Promise<Result<Definition>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    return failure({
      where: path,
      what:
        (error as NodeJS.ErrnoException).code === 'ENOENT'
          ? 'there is no such file'
          : (error as Error).message,
      remedy: missing,
    });
  }
  const errors: ParseError[] = [];
  const json: unknown = parse(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (!first) return forItsEngine(parseDefinition(json));
  return failure({
    where: path,
    line: text.slice(0, first.offset).split('\n').length,
    what: `this is not JSON: ${printParseErrorCode(first.error)}`,
    remedy: 'Mend the syntax there; a missing comma or quote is often on the line before',
  });
}

/** A definition, unless it asks for queries that cannot be made of it. */
export function forItsEngine(parsed: Result<Definition>): Result<Definition> {
  if (!parsed.ok || parsed.value.evaluation.engine !== 'athena') return parsed;
  const problems = unfitForAthena(parsed.value);
  return problems.length > 0 ? { ok: false, problems } : parsed;
}
