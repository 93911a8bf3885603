import { identifier, literal, openDuckDb } from '@penumbra/evaluator/duckdb';
import type { TrialDocument } from './trial-document.ts';
import type { DatedFiles, TrialFolder } from './trial-folder.ts';

/** Counts the outcomes of a folder whose record is nowhere in it: a wrong id is easy to miss otherwise. */
export async function findUnknownOutcomes({
  definition,
  records,
  outcomes,
}: TrialFolder): Promise<TrialDocument['unknownOutcomes']> {
  const [recordIds, outcomeIds] = [
    ids(records, definition.records.id),
    ids(outcomes, definition.outcomes.id),
  ];
  if (!recordIds || !outcomeIds) return { count: 0, example: null };
  const db = await openDuckDb({ threads: 2 });
  try {
    const reader = await db.connection.runAndReadAll(
      `SELECT count(*)::INT, min(id) FROM (${outcomeIds}) AS outcomes ANTI JOIN (${recordIds}) AS records USING (id)`,
    );
    const [count, example] = reader.getRowsJS()[0] as [number, string | null];
    return { count, example };
  } finally {
    db.close();
  }
}

function ids(dated: DatedFiles, column: string): string | undefined {
  const files = [...dated.values()].flat().map(({ path }) => literal(path));
  if (files.length === 0) return undefined;
  return `SELECT ${identifier(column)} AS id FROM read_csv([${files.join(', ')}], all_varchar = true, header = true,
    delim = ',', quote = '"', escape = '"', union_by_name = true)`;
}
