import type { CalendarDate } from '@penumbra/core/calendar';
import type { Cluster } from './cluster.ts';
import type { Plan } from './plan.ts';
import type { Trial } from './trial-state.ts';

/** Times that the scheduler calls for a review before this is a failure of its own. */
const MOST_CALLS = 12;
const TWO_AT_ONCE = 0.15;

/** Reviews a deployment as the daily schedule does: again where it failed, sometimes twice at once. */
export async function reviewAs(
  cluster: Cluster,
  { deployment }: Trial,
  asOf: CalendarDate,
  plan: Plan | undefined,
  onFault: (seam: string) => void,
): Promise<string | undefined> {
  let last = '';
  for (let call = 1; call <= MOST_CALLS; call += 1) {
    const twice = plan !== undefined && plan.draw('twice', deployment, asOf, call) < TWO_AT_ONCE;
    if (twice) onFault('review: two at once');
    const chosen = twice ? cluster.workers : [cluster.workers[call % cluster.workers.length]];
    const calls = await Promise.allSettled(chosen.map((worker) => worker?.review(deployment, asOf, call)));
    const failed = calls.find(({ status }) => status === 'rejected');
    if (failed?.status !== 'rejected') return undefined;
    last = String(failed.reason);
  }
  return `the review as of ${asOf} failed ${MOST_CALLS} times: ${last}`;
}
