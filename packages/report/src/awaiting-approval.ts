import type { History } from '@penumbra/core/history';

/** The next stage of a slice, which waits for nothing but a person. */
export interface Awaiting {
  readonly slice: string;
  readonly stage: number;
  readonly percent: number;
}

/** Slices whose next stage the last review left to a person, and nobody has approved since. */
export function awaitingApproval({
  reviews,
  slices,
  interventions,
  definition,
}: Pick<History, 'reviews' | 'slices' | 'interventions' | 'definition'>): Awaiting[] {
  const last = reviews.at(-1);
  if (!last) return [];
  const approved = interventions
    .filter(({ type, after }) => type === 'StageApproved' && after === last.asOf)
    .map(({ slice }) => slice);
  return last.slices.flatMap(({ slice, rule, to }) => {
    const stands = slices.find((standing) => standing.slice === slice);
    const next = definition.policy.stages[to.stage];
    const waits = rule === 'approval pending' && !approved.includes(slice);
    // An override, or another definition, may have moved it since.
    if (!waits || !next || stands?.stage !== to.stage) return [];
    return [{ slice, stage: to.stage + 1, percent: next.percent }];
  });
}
