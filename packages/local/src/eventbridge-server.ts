import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { awsError } from './aws-error.ts';
import type { EventBus } from './event-bus.ts';
import { createJsonService, type Input } from './json-service.ts';

/** Entries that EventBridge takes in one request. */
const MOST_ENTRIES = 10;

/** PutEvents, the one operation of EventBridge that an application calls. What it cannot take, it says entry by entry. */
export const createEventBridgeServer = (bus: EventBus): Server =>
  createJsonService('AWSEvents', {
    PutEvents: ({ Entries: entries }) => {
      if (!Array.isArray(entries) || entries.length === 0 || entries.length > MOST_ENTRIES) {
        throw awsError('ValidationException', `Entries must have 1 to ${MOST_ENTRIES} members.`);
      }
      const answers = entries.map((entry: Input) => put(bus, entry));
      const failed = answers.filter((answer) => 'ErrorCode' in answer);
      return { FailedEntryCount: failed.length, Entries: answers };
    },
  });

function put(bus: EventBus, { Source, DetailType, Detail, EventBusName }: Input): object {
  const refuse = (ErrorMessage: string) => ({ ErrorCode: 'InvalidArgument', ErrorMessage });
  if (typeof Source !== 'string' || Source === '') return refuse('Parameter Source is not valid.');
  if (Source.startsWith('aws.')) return refuse('Parameter Source may not begin with aws.');
  if (typeof DetailType !== 'string' || DetailType === '')
    return refuse('Parameter DetailType is not valid.');
  const detail = objectOf(Detail);
  if (!detail) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  const name = typeof EventBusName === 'string' ? EventBusName : undefined;
  bus.put({ source: Source, detailType: DetailType, resources: [], detail }, name);
  return { EventId: randomUUID() };
}

function objectOf(text: unknown): object | undefined {
  try {
    const value: unknown = JSON.parse(String(text));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
