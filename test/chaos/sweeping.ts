import type { Message } from '@penumbra/core/pipeline/messages';
import { viewOf } from '@penumbra/core/pipeline/sweep';
import { planSweep, type SweepLimits } from '@penumbra/core/pipeline/sweep-plan';
import type { Cluster } from './cluster.ts';
import type { Subject } from './invocation.ts';
import type { Trial } from './trial-state.ts';

/** Who brought back what was dropped: the sweep of the pipeline, or a person who closes a folder anew. */
export const SWEEPERS = [
  'the sweep',
  'a person who had mended a file',
  'a person where the sweep saw nothing',
] as const;
export type Sweeper = (typeof SWEEPERS)[number];

/** A sweep that waits for nothing: where everything is quiet, what is due is stuck. */
const AT_ONCE: SweepLimits = { stepMinutes: 0, transformMinutes: 0, dayHours: 0 };

/**
 * Mends what was cut off, and has what was dropped sent again. False where there is nothing of both: then whatever does
 * not go on is stuck, and nobody may help it.
 */
export async function bringBack(
  cluster: Cluster,
  trial: Trial,
  name: string,
  onSweep: (by: Sweeper) => void,
): Promise<boolean> {
  const { deployment, dropped, swept, truncated } = trial;
  const mended = [...truncated];
  for (const [, { key, bytes }] of mended) await cluster.clean().bucket.write(key, bytes);
  truncated.clear();
  const lost = different(dropped.splice(0));
  const bySweep = lost.length > 0 ? await sweepMessages(cluster, trial) : [];
  // What the last sweep did not find, no sweep finds: a clock that had jumped ahead hides a day from it.
  const unseen = bySweep.length > 0 ? [] : different([...lost, ...swept.splice(0)]);
  if (bySweep.length > 0) swept.push(...lost);
  const byHand = unseen.flatMap(messagesFor);
  const reopened = mended.flatMap(([date]) => messagesFor({ deployment, date }));
  for (const message of [...bySweep, ...byHand, ...reopened]) await cluster.send(message, name);
  if (bySweep.length > 0) onSweep('the sweep');
  if (reopened.length > 0) onSweep('a person who had mended a file');
  if (byHand.length > 0) onSweep('a person where the sweep saw nothing');
  return bySweep.length + byHand.length + reopened.length > 0;
}

/** What the sweep would send; reviews are left to the schedule, which comes when the day has settled. */
async function sweepMessages(cluster: Cluster, { deployment }: Trial): Promise<Message[]> {
  const view = await viewOf(cluster.clean().pipeline, deployment);
  return planSweep(view, AT_ONCE).flatMap(({ message }) => message ?? []);
}

/** What S3 tells when a folder is closed anew. */
function messagesFor({ deployment, date, landed }: Subject): Message[] {
  const causationId = 'closed anew';
  return [
    ...(landed === undefined
      ? []
      : [{ queue: 'outcomes-landed' as const, body: { deployment, landed, causationId } }]),
    ...(date === undefined
      ? []
      : [
          { queue: 'partition-ready' as const, body: { deployment, date, causationId } },
          { queue: 'outcomes-landed' as const, body: { deployment, date, causationId } },
        ]),
  ];
}

const different = (subjects: readonly Subject[]): Subject[] => [
  ...new Map(subjects.map((subject) => [JSON.stringify(subject), subject])).values(),
];
