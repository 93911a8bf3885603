import { addDays } from '@penumbra/core/calendar';
import type { Definition } from '@penumbra/core/definition';
import { toLine } from '@penumbra/core/log-line';
import { register } from '@penumbra/core/pipeline/register';
import { review } from '@penumbra/core/pipeline/review';
import { inMemoryPipeline } from '@penumbra/core/testing/in-memory-pipeline';
import { seededRandom } from '@penumbra/evaluator/inference/seeded-random';
import { review as decide } from '@penumbra/evaluator/policy';
import { matureDay, sliceOf } from '@penumbra/evaluator/virtual-rollout';

/**
 * The exported log of a deployment that was reviewed every day for `days` days: every slice has `rows` rows a day, on
 * which the challenger earned `mean` more, with a spread of 1 from day to day. As JSON lines.
 */
export async function reviewedLog(
  definition: Definition,
  { days, mean, rows = 1000 }: { readonly days: number; readonly mean: number; readonly rows?: number },
): Promise<string> {
  const start = '2026-01-01';
  const random = seededRandom(1);
  const memory = inMemoryPipeline({
    review: (state, _days, asOf) => {
      const date = addDays(asOf, -definition.outcomes.maturityDays);
      const slices = definition.slices.map(({ slice }) => [slice, sliceOf(rows, mean + random.normal())]);
      return decide(state, [matureDay(date, Object.fromEntries(slices))], asOf);
    },
  });
  await register(memory.pipeline, { definition, startDate: start });
  for (let day = 0; day < days; day += 1) {
    const asOf = addDays(start, day + definition.outcomes.maturityDays);
    await review(memory.pipeline, { deployment: definition.deployment, asOf });
  }
  const lines = (await memory.events(definition.deployment)).map((event) => toLine(event));
  return `${lines.join('\n')}\n`;
}
