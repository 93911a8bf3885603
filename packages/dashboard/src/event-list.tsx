import { useEffect, useState } from 'preact/hooks';
import { type ApiProblem, type LogEvent, readEvents } from './api.ts';
import { eventSentence } from './event-sentence.ts';
import { Json } from './scroll.tsx';

interface EventListProps {
  readonly deployment: string;
  readonly stream: string;
  /** Version after which to begin. */
  readonly after?: number;
  /** Events that rest on a later date are left out. */
  readonly until?: string;
  readonly newestFirst?: boolean;
}

/** Events of one stream, each in a sentence; opened, everything that it holds. */
export function EventList({ deployment, stream, after = 0, until, newestFirst = false }: EventListProps) {
  const [events, setEvents] = useState<readonly LogEvent[] | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  useEffect(() => {
    let wanted = true;
    readEvents(deployment, stream, after)
      .then((found) => wanted && setEvents(found))
      .catch((error: ApiProblem) => wanted && setProblem(error));
    return () => {
      wanted = false;
    };
  }, [deployment, stream, after]);
  if (problem) return <p class="problem">The events could not be read: {problem.message}.</p>;
  if (!events) return <p role="status">Reading the events …</p>;
  const shown = events.filter(
    ({ data }) => until === undefined || typeof data.asOf !== 'string' || data.asOf <= until,
  );
  if (newestFirst) shown.reverse();
  if (shown.length === 0) return <p class="empty">No event.</p>;
  return (
    <ol class="events" reversed={newestFirst}>
      {shown.map((event) => (
        <li key={event.eventId} id={event.eventId}>
          <details>
            <summary>
              <time dateTime={event.at}>{event.at.slice(0, 16).replace('T', ' ')}</time> <b>{event.type}</b>{' '}
              <span>{eventSentence(event)}</span>
            </summary>
            <EventFacts event={event} />
          </details>
        </li>
      ))}
    </ol>
  );
}

function EventFacts({ event }: { readonly event: LogEvent }) {
  const { data } = event;
  const files = Array.isArray(data.files)
    ? (data.files as { key: string; bytes: number; etag: string }[])
    : [];
  return (
    <dl class="facts">
      <dt>Event</dt>
      <dd>
        <code>{event.eventId}</code>, by {event.actor.name}, caused by <code>{event.causationId}</code>
      </dd>
      {typeof data.jobName === 'string' ? (
        <>
          <dt>Job</dt>
          <dd>
            <code>{data.jobName}</code>
          </dd>
        </>
      ) : null}
      {typeof data.definitionVersion === 'number' ? (
        <>
          <dt>Definition</dt>
          <dd>
            <a href="#definition">version {data.definitionVersion}</a>
          </dd>
        </>
      ) : null}
      {files.length === 0 ? null : (
        <>
          <dt>Files</dt>
          <dd>
            <ul class="files">
              {files.map(({ key, bytes, etag }) => (
                <li key={key}>
                  <code>{key}</code> {bytes.toLocaleString('en-US')} bytes, ETag <code>{etag}</code>
                </li>
              ))}
            </ul>
          </dd>
        </>
      )}
      <dt>Data</dt>
      <dd>
        <Json name="Data of the event" of={data} />
      </dd>
    </dl>
  );
}
