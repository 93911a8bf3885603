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

/**
 * A decision in clauses that a business owner understands, each fit to stand after a colon: first the reason, then
 * the numbers behind it.
 */
export function sentences(told: Told): string[] {
  return [reason(told), ...measured(told)];
}

function reason({ decision: { rule, to }, evidence, policy, daysInStage }: Told): string {
  switch (rule) {
    case 'harm':
      return 'the challenger loses more than the margin allows';
    case 'proven':
      return `the challenger ${evidence.verdict === 'EXCEEDS' ? 'exceeds' : 'meets'} the incumbent`;
    case 'overridden':
      return 'a person overrode the rollout';
    case 'everything served':
      return 'the last stage is reached';
    case 'paused':
      return 'the rollout is paused';
    case 'earlier slice first':
      return 'slices open one after the other, and an earlier one is not at its last stage';
    case 'no evidence':
      return 'there is no mature day with enough rows to judge by';
    case 'not enough mature days':
      return `${daysInStage} of the ${requiredDays(policy, to.stage)} mature days that this stage needs`;
    case 'not proven':
      return `not proven yet: the verdict is ${evidence.verdict}, ${policy.require} is needed`;
    case 'approval pending':
      return "the next stage waits for a person's approval";
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
    `on ${days} and ${rows.toLocaleString('en-US')} records the challenger earned ${money(meanDifference)} ${direction} per record than the incumbent${bound}`,
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
