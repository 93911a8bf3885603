/** The environment variable in which handlers find the URL of a queue. */
export const queueVariable = (queue: string): string =>
  `${queue.toUpperCase().replaceAll('-', '_')}_QUEUE_URL`;
