import type { LogEvent, Resources } from './api.ts';
import { objectPage, transformJobPage } from './aws-console.ts';

/** Something that an event names, and that can be looked at elsewhere. */
export interface Named {
  readonly text: string;
  /** Where it is on this page: an address that begins with #. */
  readonly here?: string;
  /** Where it is in the AWS console; undefined for what has no page there. */
  readonly inConsole?: (resources: Resources) => string | undefined;
  /** What else is known of it. */
  readonly note?: string;
}

interface Fact {
  readonly name: string;
  /** What an event of this data names; nothing where the event is about something else. */
  readonly of: (data: LogEvent['data']) => readonly Named[];
}

interface FileRef {
  readonly key: string;
  readonly bytes: number;
  readonly etag: string;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** An object of the bucket, or a folder of it. */
const inBucket = (key: string | undefined, note?: string): Named[] =>
  key === undefined
    ? []
    : [{ text: key, inConsole: (resources) => objectPage(resources, key), ...(note ? { note } : {}) }];

/** A transform job by its name. */
export const jobNamed = (name: string): Named => ({
  text: name,
  inConsole: (resources) => transformJobPage(resources, name),
});

/** The facts of events that lead somewhere: one line each, whatever the type of the event. */
export const FACTS: readonly Fact[] = [
  {
    name: 'Job',
    of: ({ jobName }) => {
      const name = text(jobName);
      return name === undefined ? [] : [jobNamed(name)];
    },
  },
  {
    name: 'Definition',
    of: ({ definitionVersion: version }) =>
      typeof version === 'number'
        ? [{ text: `version ${version}`, here: `#${definitionAnchor(version)}` }]
        : [],
  },
  {
    name: 'Files',
    of: ({ files }) =>
      (Array.isArray(files) ? (files as FileRef[]) : []).flatMap(({ key, bytes, etag }) =>
        inBucket(key, `${bytes.toLocaleString('en-US')} bytes, ETag ${etag}`),
      ),
  },
  { name: 'Input', of: ({ input }) => inBucket(text(input)) },
  { name: 'Output', of: ({ output }) => inBucket(text(output)) },
  {
    name: 'Metrics',
    of: ({ metrics }) => {
      const { key, sha256 } = (metrics ?? {}) as { key?: unknown; sha256?: unknown };
      return inBucket(text(key), `SHA-256 ${sha256}`);
    },
  },
];

const ANCHOR = 'definition-';

/** Where on this page a version of the definition is. */
export const definitionAnchor = (version: number): string => `${ANCHOR}${version}`;

/** The version that an address's hash asks for; undefined where it asks for none. */
export function definitionAskedFor(hash: string): number | undefined {
  const version = hash.startsWith(`#${ANCHOR}`) ? Number(hash.slice(ANCHOR.length + 1)) : Number.NaN;
  return Number.isInteger(version) && version > 0 ? version : undefined;
}
