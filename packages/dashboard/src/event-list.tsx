import { Fragment } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { type ApiProblem, type LogEvent, type Resources, readEvents } from './api.ts';
import { FACTS } from './event-facts.ts';
import { eventSentence } from './event-sentence.ts';
import { Lead } from './lead.tsx';
import { Json } from './scroll.tsx';

interface EventListProps {
  readonly deployment: string;
  readonly stream: string;
  /** Version after which to begin. */
  readonly after?: number;
  /** Events that rest on a later date are left out. */
  readonly until?: string;
  readonly newestFirst?: boolean;
  /** Where jobs and files are on AWS; undefined for a trial. */
  readonly resources: Resources | undefined;
}

/** Events of one stream, each in a sentence; opened, everything that it holds. */
export function EventList({
  deployment,
  stream,
  after = 0,
  until,
  newestFirst = false,
  resources,
}: EventListProps) {
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
            <EventFacts event={event} resources={resources} />
          </details>
        </li>
      ))}
    </ol>
  );
}

function EventFacts({
  event,
  resources,
}: {
  readonly event: LogEvent;
  readonly resources: Resources | undefined;
}) {
  return (
    <dl class="facts">
      <dt>Event</dt>
      <dd>
        <code>{event.eventId}</code>, by {event.actor.name}, caused by <code>{event.causationId}</code>
      </dd>
      {FACTS.map(({ name, of }) => {
        const named = of(event.data);
        return named.length === 0 ? null : (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>
              <ul class="files">
                {named.map((each) => (
                  <li key={each.text}>
                    <Lead to={each} resources={resources} />
                    {each.note === undefined ? null : <small>{each.note}</small>}
                  </li>
                ))}
              </ul>
            </dd>
          </Fragment>
        );
      })}
      <dt>Data</dt>
      <dd>
        <Json name="Data of the event" of={event.data} />
      </dd>
    </dl>
  );
}
