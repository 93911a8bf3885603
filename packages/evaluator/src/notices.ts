import type { CalendarDate } from '@penumbra/core/calendar';
import type { Definition } from '@penumbra/core/definition';
import type { NextStep } from '@penumbra/core/history';
import type { RolloutState } from '@penumbra/core/rollout';
import type { RolloutReview, SliceReview } from '@penumbra/core/rollout-events';
import { nextStep } from './next-step.ts';

// What people are told, in plain text: it reads the same in a chat, in an e-mail and on a terminal.

/** Held days that a digest names; the rest is counted. */
const MOST_HELD = 3;

/** Most characters of a notice: what a chat takes in one message, and a bus in one event. */
const LONGEST = 30_000;

/** Slices that lost traffic, and why. */
export interface Rollback {
  readonly deployment: string;
  /** The review's, or the person's who threw the kill switch. */
  readonly by: string;
  readonly reason: string;
  /** null: every slice. */
  readonly slices: readonly string[] | null;
}

/** The notice that goes out at once when the challenger lost traffic. */
export function rollbackText({ deployment, by, reason, slices }: Rollback): string {
  const which = slices === null ? 'every slice' : listOf(slices);
  return lines([
    `${deployment}: ${which} rolled back (${by})`,
    ...reason.split('\n').map((line) => `  ${line}`),
    `Nothing has to be done for the incumbent to decide. Why: penumbra explain ${deployment}`,
  ]);
}

/** What became of one deployment this morning: its review, or why there is none. */
export type DigestEntry =
  | {
      readonly deployment: string;
      readonly definition: Definition;
      /** After the review. */
      readonly state: Pick<RolloutState, 'slices' | 'paused' | 'overridden'>;
      readonly review: RolloutReview;
    }
  | { readonly deployment: string; readonly failed: string };

/** The morning's digest of all deployments, those first in which something moved or failed. */
export function digestText(asOf: CalendarDate, entries: readonly DigestEntry[]): string {
  const heading = `Penumbra, as of ${asOf}: ${summaryOf(entries)}`;
  const urgent = (entry: DigestEntry) => ('failed' in entry ? 0 : moved(entry.review).length > 0 ? 1 : 2);
  const inOrder = [...entries].sort((a, b) => urgent(a) - urgent(b));
  return lines([heading, ...inOrder.flatMap((entry) => ['', ...linesOf(entry)])]);
}

function lines(all: readonly string[]): string {
  const text = all.join('\n');
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…\nThe rest: penumbra status <deployment>` : text;
}

const moved = ({ slices }: RolloutReview) => slices.filter(({ action }) => action !== 'hold');

function summaryOf(entries: readonly DigestEntry[]): string {
  const reviews = entries.flatMap((entry) => ('failed' in entry ? [] : [entry.review]));
  const of = (action: SliceReview['action']) =>
    reviews.flatMap(({ slices }) => slices).filter((slice) => slice.action === action).length;
  const failed = entries.length - reviews.length;
  const told = [
    ...(of('roll-back') > 0 ? [`${plural(of('roll-back'), 'slice')} rolled back`] : []),
    ...(of('promote') > 0 ? [`${plural(of('promote'), 'slice')} promoted`] : []),
    ...(failed > 0 ? [`${plural(failed, 'deployment')} not reviewed`] : []),
  ];
  return told.length > 0 ? told.join(', ') : 'nothing moved';
}

function linesOf(entry: DigestEntry): string[] {
  if ('failed' in entry) return [`${entry.deployment}: not reviewed: ${entry.failed}`];
  const { deployment, definition, state, review } = entry;
  const served = review.slices.filter(({ to }) => to.percent > 0).length;
  const stands =
    state.overridden !== undefined
      ? `, overridden: ${state.overridden}`
      : state.paused !== undefined
        ? `, paused: ${state.paused}`
        : '';
  return [
    `${deployment}: ${served} of ${plural(review.slices.length, 'slice')} served${stands}`,
    ...review.slices.map((slice) => `  ${sliceLine(slice, nextStep(definition, state, review, slice))}`),
    ...heldLines(review),
  ];
}

function sliceLine({ slice, action, from, to, reasons }: SliceReview, next: NextStep): string {
  const [reason = ''] = reasons;
  if (action !== 'hold') {
    const what = action === 'promote' ? 'promoted' : 'rolled back';
    return `${slice}: ${from.percent} % → ${to.percent} %, ${what}: ${reason}`;
  }
  const where = to.percent === 0 ? 'in shadow' : `at ${to.percent} %`;
  if (next.percent === null) return `${slice}: ${where}, ${reason}`;
  const needs = next.missing.length > 0 ? next.missing.join('; ') : 'the next review';
  return `${slice}: ${where}, ${reason}. To ${next.percent} % it needs ${needs}`;
}

function heldLines({ held }: RolloutReview): string[] {
  const shown = held.slice(-MOST_HELD).map(({ date, reason }) => `  ${date} is held: ${reason}`);
  return held.length > MOST_HELD ? [...shown, `  ${held.length - MOST_HELD} more days are held`] : shown;
}

function listOf(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${last}` : last;
}

const plural = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
