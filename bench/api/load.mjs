import autocannon from 'autocannon';

const CONTEXTS = 200;

/** Requests of one kind, for many units in turn. */
export async function requestsOf(kind, url, key) {
  const path = `/ofrep/v1/evaluate/flags${kind === 'single' ? '/deployment-7' : ''}`;
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  const requests = Array.from({ length: CONTEXTS }, (_, index) => {
    const context = {
      targetingKey: `customer-${index}`,
      country: `country-${index % 12}`,
      amount: 20 + index,
    };
    return { method: 'POST', path, headers, body: JSON.stringify({ context }) };
  });
  if (kind !== '304') return requests;
  return Promise.all(
    requests.map(async ({ body, ...rest }) => {
      const answer = await fetch(url + path, { ...rest, body });
      return { ...rest, body, headers: { ...headers, 'if-none-match': answer.headers.get('etag') } };
    }),
  );
}

/**
 * Sends requests for a time, or so many of them, as fast as they are answered or at a fixed rate. Answers how many
 * there were a second, and percentiles of their response times in milliseconds as this process saw them.
 */
export async function load({ url, requests, expected, connections = 16, rate, seconds, amount }) {
  const times = [];
  const statuses = new Map();
  const instance = autocannon({
    url,
    requests,
    connections,
    ...(rate === undefined ? {} : { overallRate: rate }),
    ...(amount === undefined ? { duration: seconds } : { amount }),
  });
  instance.on('response', (_, status, __, milliseconds) => {
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    // Enough for a percentile; a million numbers would be the load generator's own memory.
    if (times.length < 300_000) times.push(milliseconds);
  });
  const begin = performance.now();
  const { errors, timeouts } = await instance;
  const took = (performance.now() - begin) / 1000;
  const count = [...statuses.values()].reduce((sum, each) => sum + each, 0);
  const wrong = count - (statuses.get(expected) ?? 0) + errors + timeouts;
  if (wrong > 0)
    throw new Error(`${wrong} of ${count} answers were not ${expected}: ${JSON.stringify([...statuses])}`);
  times.sort((a, b) => a - b);
  const percentile = (share) => times[Math.min(times.length - 1, Math.floor(share * times.length))];
  return { count, perSecond: count / took, p50: percentile(0.5), p99: percentile(0.99), most: times.at(-1) };
}
