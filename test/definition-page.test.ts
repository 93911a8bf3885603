import { definitionJsonSchema } from '@penumbra/core/definition';
import { describe, expect, it } from 'vitest';

interface Field {
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Field>>;
  readonly required?: readonly string[];
  readonly items?: Field;
  readonly anyOf?: readonly Field[];
  readonly oneOf?: readonly Field[];
}

const INTRODUCTION = `# The definition of a deployment

\`penumbra.json\` says what is decided, what it is worth, where the data lies, and when the challenger gets traffic. This
page is made from the schema that reads the file. Comments and trailing commas are allowed. Unknown fields are refused:
a misspelt field must not be a silent default.

| field | type | default | meaning |
|---|---|---|---|
`;

/** Every field of the definition as a row of a table, in the order of the schema. */
function page(schema: object): string {
  return `${INTRODUCTION}${rows(schema as Field, '').join('\n')}\n`;
}

function rows(field: Field, path: string): string[] {
  const variants = field.anyOf ?? field.oneOf;
  if (variants) return [...new Set(variants.flatMap((variant) => rows(variant, path)))];
  if (field.items) return rows(field.items, `${path}[]`);
  return Object.entries(field.properties ?? {}).flatMap(([name, child]) => {
    if (name === '$schema') return [];
    const at = path === '' ? name : `${path}.${name}`;
    const required = field.required?.includes(name) ?? false;
    return [row(at, child, required), ...rows(child, at)];
  });
}

function row(path: string, field: Field, required: boolean): string {
  const fallback =
    field.default === undefined ? (required ? 'required' : '–') : `\`${JSON.stringify(field.default)}\``;
  const cells = [`\`${path}\``, typeOf(field), fallback, field.description ?? ''];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function typeOf(field: Field): string {
  if (field.const !== undefined) return `\`${JSON.stringify(field.const)}\``;
  if (field.enum) return field.enum.map((value) => `\`${JSON.stringify(value)}\``).join(' or ');
  if (field.items) return `list of ${typeOf(field.items)}`;
  if (field.anyOf ?? field.oneOf) {
    return [...new Set((field.anyOf ?? field.oneOf ?? []).map(typeOf))].join(' or ');
  }
  return [field.type ?? 'any'].flat().join(' or ');
}

describe('docs/definition.md', () => {
  it('is what the schema says; after a change run `npx vitest run test/definition-page.test.ts -u`', async () => {
    await expect(page(definitionJsonSchema())).toMatchFileSnapshot('../docs/definition.md');
  });
});
