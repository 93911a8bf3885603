import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { penumbraCodec } from './codec.ts';
import { definitionJsonSchema, parseDefinition } from './definition.ts';
import { type EventType, eventSchemas } from './events.ts';

/*
 * Golden files are what the log of some deployment holds, for ever. They are added, never edited:
 *   <Type>.v<n>          a stored event of schema version n, every optional field filled
 *   <Type>.v<n>.upcast   what today's code reads in it, once n is no longer the current version
 *   shapes               a hash of the shape that each version had
 *   definition.<name>    a stored definition, and what it has meant ever since
 */
const FOLDER = new URL('./golden/', import.meta.url);
const FILES = new Set(readdirSync(FOLDER).map((name) => name.replace('.golden.json', '')));
const TYPES = Object.keys(eventSchemas) as EventType[];
/** Their data embeds a definition, which grows by fields with defaults and is watched by its own golden files. */
const WITH_DEFINITION: readonly EventType[] = ['DeploymentRegistered', 'DefinitionRevised'];

const HOW_TO_CHANGE = (type: string, version: number) =>
  `${type} is stored as version ${version} in the logs of deployments, and its shape is not what it was. ` +
  `Take the change back, or make it version ${version + 1}: ` +
  `1. add an upcaster from ${version} to ${version + 1} to penumbraCodec in codec.ts; ` +
  `2. add golden/${type}.v${version + 1}.golden.json with every field filled, and golden/${type}.v${version}.upcast.golden.json ` +
  `with the { type, data } that version ${version} is read as now; ` +
  `3. add "${type}.v${version + 1}" to golden/shapes.golden.json. Never edit what is there.`;

type Json = Readonly<Record<string, unknown>>;

function golden(name: string): Json {
  return JSON.parse(readFileSync(new URL(`${name}.golden.json`, FOLDER), 'utf8'));
}

/** The JSON schema of an event's data, without the words of its documentation. */
function shapeOf(type: EventType): Json {
  const schema = JSON.parse(JSON.stringify(z.toJSONSchema(eventSchemas[type], { unrepresentable: 'any' })));
  if (WITH_DEFINITION.includes(type)) schema.properties.definition = 'see golden/definition.*';
  return schema;
}

function hashOf(shape: Json): string {
  const canonical = JSON.stringify(shape, (key, value: unknown) => {
    if (key === 'description' && typeof value === 'string') return undefined;
    if (key === 'required' && Array.isArray(value)) return [...value].sort();
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
  return createHash('sha256').update(canonical).digest('hex').slice(0, 16);
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

/** Every field that a schema knows, as a path; list items and the entries of a record are `*`. */
function pathsOf(schema: Schema, at = ''): string[] {
  const choices = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((choice) => pathsOf(choice, at));
  const fields = Object.entries(schema.properties ?? {}).flatMap(([field, inner]) => [
    `${at}/${field}`,
    ...pathsOf(inner, `${at}/${field}`),
  ]);
  const inner = [schema.items, schema.additionalProperties].flatMap((member) =>
    typeof member === 'object' ? pathsOf(member, `${at}/*`) : [],
  );
  return [...new Set([...choices, ...fields, ...inner])];
}

function isFilled(value: unknown, [step, ...rest]: readonly string[]): boolean {
  if (step === undefined) return value !== undefined;
  if (typeof value !== 'object' || value === null) return false;
  if (step === '*') return Object.values(value).some((member) => isFilled(member, rest));
  return Object.hasOwn(value, step) && isFilled(Object.getOwnPropertyDescriptor(value, step)?.value, rest);
}

const missingIn = (values: readonly unknown[], schema: Schema) =>
  pathsOf(schema).filter((path) => !values.some((value) => isFilled(value, path.slice(1).split('/'))));

describe.each(TYPES)('the stored event %s', (type) => {
  const current = penumbraCodec.currentVersion(type);
  const versions = Array.from({ length: current }, (_, index) => index + 1);

  it.each(versions)('has a golden file for version %i', (version) => {
    expect([...FILES], `add golden/${type}.v${version}.golden.json`).toContain(`${type}.v${version}`);
    expect(golden(`${type}.v${version}`)).toMatchObject({ type, schemaVersion: version });
  });

  it('has its current shape', () => {
    const shapes = golden('shapes');
    const now = hashOf(shapeOf(type));
    expect(shapes[`${type}.v${current}`], `${HOW_TO_CHANGE(type, current)} (shape now: ${now})`).toBe(now);
    expect(Object.keys(shapes).filter((name) => name.startsWith(`${type}.`))).toHaveLength(current);
  });

  it('shows every field in its golden file, optional ones too', () => {
    const { data } = golden(`${type}.v${current}`);
    expect(missingIn([data], shapeOf(type) as Schema)).toEqual([]);
  });

  it('reads as the event that was written, and is written as it was stored', () => {
    const stored = golden(`${type}.v${current}`);
    const { type: storedType, schemaVersion: _, data, ...envelope } = stored;
    const decoded = penumbraCodec.decode(stored);
    const encoded = penumbraCodec.encode(decoded);
    if (WITH_DEFINITION.includes(type)) {
      // A definition may have gained fields since; what was stored still says the same.
      expect(decoded).toMatchObject({ ...envelope, event: { type: storedType, data } });
      expect(encoded).toMatchObject(stored);
    } else {
      expect(decoded).toEqual({ ...envelope, event: { type: storedType, data } });
      expect(encoded).toEqual(stored);
    }
  });

  it.each(versions.slice(0, -1))('reads version %i in the shape of today', (version) => {
    const { event } = penumbraCodec.decode(golden(`${type}.v${version}`));
    expect(event).toEqual(golden(`${type}.v${version}.upcast`));
  });
});

describe('stored definitions', () => {
  const names = [...FILES].filter((name) => name.startsWith('definition.'));

  it.each(names)('%s is readable for ever, and means what it meant', (name) => {
    const { stored, meaning } = golden(name);
    const parsed = parseDefinition(stored);
    expect(
      parsed,
      `${name} is a definition as deployments have stored it; it must stay valid and keep its meaning. A field ` +
        'that is new needs a default under which old deployments go on as before: add the field with that ' +
        `default to "meaning" of the older golden definitions (never touch "stored"), and add a new golden ` +
        'definition in which it is filled.',
    ).toEqual({ ok: true, value: meaning });
    expect(meaning, 'a meaning may gain fields, and keeps those that were stored').toMatchObject(
      Object(stored),
    );
  });

  it('show every field of a definition', () => {
    const stored = names.map((name) => golden(name).stored);
    expect(
      missingIn(stored, definitionJsonSchema() as Schema),
      'add a golden definition in which these fields are filled',
    ).toEqual([]);
  });
});

describe('the folder of golden files', () => {
  it('holds nothing that no test reads', () => {
    const known = TYPES.flatMap((type) =>
      Array.from({ length: penumbraCodec.currentVersion(type) }, (_, index) => `${type}.v${index + 1}`),
    );
    const strangers = [...FILES].filter(
      (name) =>
        name !== 'shapes' && !name.startsWith('definition.') && !known.includes(name.replace('.upcast', '')),
    );
    expect(strangers, 'a stored type or version is no longer known to the code').toEqual([]);
  });
});
