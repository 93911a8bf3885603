import { createHash } from 'node:crypto';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { addDays, datesFrom } from '@penumbra/core/calendar';
import { day } from '@penumbra/core/day';
import type { DayEvent, MetricsRef } from '@penumbra/core/day-events';
import { fold } from '@penumbra/core/decider';
import { loadDates } from '@penumbra/core/pipeline/day-steps';
import { combine, type DayMetrics, initialize } from '@penumbra/evaluator/day-metrics';
import { finalize } from '@penumbra/evaluator/finalize';
import { deserialize } from '@penumbra/evaluator/metrics-file';
import { payOff } from '@penumbra/evaluator/pay-off';
import type { ApiEnv } from './caller.ts';
import { dateRange, later } from './date-range.ts';
import { metricsNumbersSchema, viewMetrics } from './metrics-view.ts';
import { refusals } from './refusals.ts';
import type { ApiPorts } from './settings.ts';
import { dateQuery, deploymentParam } from './validation.ts';

/** A state is some 35 KB a slice: this many of them are read within the time that a page waits. */
const MOST_DAYS = 100;
const DEFAULT_DAYS = 28;

const metricsRoute = createRoute({
  method: 'get',
  path: '/v1/deployments/{deployment}/metrics',
  tags: ['Evidence'],
  summary: `Its metrics over a range of dates, together and by slice; at most ${MOST_DAYS} days at once.`,
  request: {
    params: deploymentParam,
    query: z.object({
      from: dateQuery
        .optional()
        .describe(`First date; ${DEFAULT_DAYS} days up to "to" where it is left out.`),
      to: dateQuery.optional().describe('Last date; yesterday where it is left out.'),
      days: z
        .enum(['mature', 'all'])
        .default('mature')
        .describe('Mature days, which are evidence; or all that were looked at, provisionally too.'),
    }),
  },
  responses: {
    200: {
      description: 'Finalised from the metric states of the days',
      content: {
        'application/json': {
          schema: z
            .strictObject({
              deployment: z.string(),
              task: z.enum(['binary-classification', 'regression']),
              currency: z.string(),
              from: z.string(),
              to: z.string(),
              dates: z.array(z.string()).describe('The days that the numbers are of.'),
              overall: metricsNumbersSchema,
              slices: z.record(z.string(), metricsNumbersSchema),
            })
            .openapi('Metrics'),
        },
      },
    },
    ...refusals(400, 401, 403, 404, 429, 500),
  },
});

/** Metrics of any range of days: states combine, so none is computed from records here. */
export function addMetrics(app: OpenAPIHono<ApiEnv>, ports: ApiPorts): void {
  app.openapi(metricsRoute, async (c) => {
    const { deployment } = c.req.valid('param');
    const query = c.req.valid('query');
    const { definition, state } = await ports.rollouts(deployment);
    const yesterday = addDays(ports.now().slice(0, 10), -1);
    const { from, to } = dateRange(c, query, { yesterday, days: DEFAULT_DAYS, most: MOST_DAYS });
    const { startDate = from } = state;
    const stored = await loadDates(ports, deployment, datesFrom(later(from, startDate), to));
    const looked = [...stored].flatMap(([date, events]) => {
      const folded = fold(
        day,
        events.map(({ event }) => event as DayEvent),
      );
      const look = folded.mature ?? (query.days === 'all' ? folded.latest : undefined);
      return look ? [{ date, metrics: look.metrics }] : [];
    });
    const slices = definition.slices.map(({ slice }) => slice);
    const { type } = definition.task;
    let metrics = initialize(type, slices);
    // One after the other: two states in memory, however long the range.
    for (const look of looked) metrics = combine(metrics, await readState(ports, look.metrics));
    const totals = finalize(metrics);
    const bySlice = [...totals.slices].map(([slice, of]) => [slice, viewMetrics(type, of)] as const);
    return c.json(
      {
        deployment,
        task: type,
        currency: payOff(definition.task).currency,
        from,
        to,
        dates: looked.map(({ date }) => date),
        overall: viewMetrics(type, totals.overall),
        slices: Object.fromEntries(bySlice),
      },
      200,
    );
  });
}

/** A day's metric state, and that it is the one that the log means. */
async function readState({ readObject }: ApiPorts, { key, sha256 }: MetricsRef): Promise<DayMetrics> {
  const bytes = await readObject(key);
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== sha256) throw new Error(`${key} is not what the log says: SHA-256 ${found}, not ${sha256}`);
  return deserialize(bytes);
}
