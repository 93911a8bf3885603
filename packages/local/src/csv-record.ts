import { parse } from 'csv-parse/sync';

/** The columns of one record. @throws when its quotes make no sense. */
export function parseCsvRecord(record: string): string[] {
  // Nearly all records have no quotes, and a general parser costs fifty times as much as this.
  if (!record.includes('"')) return record.split(',');
  const rows: string[][] = parse(record, { relax_quotes: true, relax_column_count: true });
  return rows[0] ?? [];
}

export const formatCsvRecord = (columns: string[]): string => columns.map(quoteWhereNeeded).join(',');

const quoteWhereNeeded = (column: string) =>
  /[",\r\n]/.test(column) ? `"${column.replaceAll('"', '""')}"` : column;
