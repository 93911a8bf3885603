import type { AthenaTable } from '@penumbra/evaluator/sql/tables';

type Range = { from: string; to: string };

/**
 * Which objects a statement reads of a table, as partition projection has it: those of the values that the statement
 * asks of the partition keys. A key of which it asks nothing that is understood here has all of them.
 */
export function prunedBy(table: AthenaTable, statement: string): (object: { key: string }) => boolean {
  const template = (table.parameters['storage.location.template'] ?? table.location).replace(
    /^s3:\/\/[^/]+\//,
    '',
  );
  const names = table.partitionKeys.map(({ name }) => name);
  const pattern = new RegExp(
    `^${template.replace(/[.*+?^()|[\]\\]/g, '\\$&').replace(/\$\{\w+\}/g, '([^/]+)')}`,
  );
  const ranges = names.map((name) => rangeOf(name, statement));
  return ({ key }) => {
    const name = key.slice(key.lastIndexOf('/') + 1);
    const values = pattern.exec(key)?.slice(1);
    // Names that begin so are hidden from Hive.
    if (!values || name === '' || name.startsWith('_') || name.startsWith('.')) return false;
    return ranges.every((range, at) => {
      const value = values[at] ?? '';
      return range === undefined || (value >= range.from && value <= range.to);
    });
  };
}

function rangeOf(key: string, statement: string): Range | undefined {
  const [, equal] = new RegExp(`"?${key}"?\\s*=\\s*'([^']*)'`).exec(statement) ?? [];
  if (equal !== undefined) return { from: equal, to: equal };
  const [, from, to] =
    new RegExp(`"?${key}"?\\s+BETWEEN\\s+'([^']*)'\\s+AND\\s+'([^']*)'`, 'i').exec(statement) ?? [];
  return from === undefined || to === undefined ? undefined : { from, to };
}
