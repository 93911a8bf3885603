import type { Policy } from '@penumbra/core/definition';
import type { SliceEvidence } from '@penumbra/core/rollout-events';
import { requiredDays, type SliceDecision } from './slice-decision.ts';

interface Told {
  readonly decision: SliceDecision;
  readonly evidence: SliceEvidence;
  readonly policy: Policy;
  readonly currency: string;
  readonly daysInStage: number;
}

/** A decision in sentences that a business owner understands: first what was decided and why, then the numbers. */
export function sentences(told: Told): string[] {
  return [decided(told), ...measured(told)];
}

function decided({ decision: { action, rule, to }, evidence, policy, daysInStage }: Told): string {
  const required = requiredDays(policy, to.stage);
  switch (rule) {
    case 'harm':
      return 'Rolled back to shadow: the challenger loses more than the margin allows.';
    case 'proven':
      return `${action === 'promote' && to.stage === 1 ? 'Opened' : 'Promoted'} to ${to.percent} %: the challenger ${evidence.verdict === 'EXCEEDS' ? 'exceeds' : 'meets'} the incumbent.`;
    case 'overridden':
      return `Held at ${to.percent} %: a person overrode the rollout.`;
    case 'everything served':
      return `Held at ${to.percent} %: the last stage is reached.`;
    case 'paused':
      return `Held at ${to.percent} %: the rollout is paused.`;
    case 'earlier slice first':
      return `Held at ${to.percent} %: slices open one after the other, and an earlier one is not at its last stage.`;
    case 'no evidence':
      return `Held at ${to.percent} %: there is no mature day with enough rows to judge by.`;
    case 'not enough mature days':
      return `Held at ${to.percent} %: ${daysInStage} of the ${required} mature days that this stage needs.`;
    case 'not proven':
      return `Held at ${to.percent} %: not proven yet (${evidence.verdict}, ${policy.require} is needed).`;
    case 'approval pending':
      return `Held at ${to.percent} %: the next stage waits for a person's approval.`;
  }
}

function measured({ evidence, policy, currency }: Told): string[] {
  const { matureDays, rows, meanDifference, lowerBound, upperBound } = evidence;
  if (meanDifference === null) return [];
  const money = (amount: number) => formatMoney(Math.abs(amount), currency);
  const confidence = `with ${100 * (1 - policy.alpha)} % confidence at every look`;
  const direction = meanDifference >= 0 ? 'more' : 'less';
  const bound =
    lowerBound !== null && lowerBound >= 0
      ? `, at least ${money(lowerBound)} more ${confidence}`
      : upperBound !== null && upperBound < 0
        ? `, at least ${money(upperBound)} less ${confidence}`
        : lowerBound !== null && upperBound !== null
          ? `, between ${money(lowerBound)} less and ${money(upperBound)} more ${confidence}`
          : '; too few days for a bound';
  const days = `${matureDays} mature ${matureDays === 1 ? 'day' : 'days'}`;
  return [
    `On ${days} and ${rows.toLocaleString('en-US')} records the challenger earned ${money(meanDifference)} ${direction} per record than the incumbent${bound}.`,
  ];
}

function formatMoney(amount: number, currency: string): string {
  const digits = amount === 0 || amount >= 0.1 ? 2 : 4;
  return new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(amount);
}
