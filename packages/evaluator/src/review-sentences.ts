import { addDays, type CalendarDate } from '@penumbra/core/calendar';
import type { Definition } from '@penumbra/core/definition';
import type { Policy } from '@penumbra/core/policy-schema';
import type { SliceRollout } from '@penumbra/core/rollout';
import type { SliceEvidence } from '@penumbra/core/rollout-events';
import { mismatchOf } from './reported-arms.ts';
import { proofOf, requiredDays, requiredRows, type SliceDecision } from './slice-decision.ts';
import type { SliceFindings } from './slice-evidence.ts';

interface Told {
  readonly decision: SliceDecision;
  readonly found: SliceFindings;
  readonly definition: Definition;
  readonly current: SliceRollout;
  readonly currency: string;
  /** The date that came of age with the review. */
  readonly due: CalendarDate;
}

/**
 * A decision in clauses that a business owner understands, each fit to stand after a colon: first the reason, then
 * the numbers behind it.
 */
export function sentences(told: Told): string[] {
  const { definition, found, currency } = told;
  return [
    reason(told),
    ...reported(told),
    ...paired(found.evidence, definition.policy, currency),
    ...worstCase(found.evidence, currency),
    ...arms(found.evidence, currency),
    ...guardrails(found.evidence),
  ];
}

function reason({ decision: { rule, action, to }, found, definition, current, due }: Told): string {
  const { policy } = definition;
  const { evidence, daysInStage, rowsInStage } = found;
  const verdict = proofOf(policy, current, found);
  const threshold = policy.require === 'EXCEEDS' ? 'EXCEEDS' : 'MEETS';
  switch (rule) {
    case 'harm':
      return `${found.harm}; ${to.stage === 0 ? 'back to shadow' : `back to the last safe stage, ${to.percent} %`}`;
    case 'proven':
      return `the challenger ${verdict === 'EXCEEDS' ? 'exceeds' : 'meets'} the incumbent`;
    case 'no harm':
      return 'no harm is found, and the next stage needs no more';
    case 'approved':
      return 'a person approved it; the outcomes that the decisions hide leave it unproven';
    case 'overridden':
      return 'a person overrode the rollout';
    case 'everything served':
      return 'the last stage is reached';
    case 'paused':
      return 'the rollout is paused';
    case 'cooldown':
      return `it was rolled back as of ${current.rolledBack}, and is not promoted before ${addDays(current.rolledBack ?? due, policy.cooldownDays)}`;
    case 'earlier slice first':
      return policy.onUnproven === 'wait'
        ? 'slices open one after the other, and an earlier one is not at its last stage'
        : 'slices open one after the other, and an earlier one is on its way';
    case 'no evidence':
      return 'there is no mature day with enough rows to judge by';
    case 'data missing':
      return `${due}, the date that came of age, is no evidence: nothing is promoted on missing data`;
    case 'sample ratio':
      if (evidence.reported?.mismatch && !evidence.sampleRatio?.mismatch)
        return mismatchOf(evidence.reported);
      return `${percentOf(share(evidence))} of the units are in the challenger's arm where ${percentOf(evidence.sampleRatio?.expectedShare ?? 0)} should be: records of an arm are missing`;
    case 'not enough mature days':
      return `${daysInStage} of the ${requiredDays(policy, to.stage)} mature days that this stage needs`;
    case 'not enough records':
      return `${count(rowsInStage)} of the ${count(requiredRows(policy, to.stage))} records that this stage needs`;
    case 'guardrail': {
      const open = evidence.guardrails?.find((guardrail) => guardrail.verdict !== 'MEETS');
      return `the guardrail ${open?.metric} is not proven to stay within ${open?.margin}: the verdict is ${open?.verdict}`;
    }
    case 'not proven':
      return `not proven yet: the verdict is ${verdict}, ${threshold} is needed`;
    case 'approval pending':
      return action === 'hold' && definition.outcomeObservableWhen !== undefined
        ? "decisions hide outcomes here, so that every stage waits for a person's approval"
        : "the next stage waits for a person's approval";
  }
}

/** Told whatever decided: production that does something else is more than a reason to hold. */
function reported({ decision: { rule }, found: { evidence } }: Told): string[] {
  if (!evidence.reported?.mismatch) return [];
  return rule === 'sample ratio' && !evidence.sampleRatio?.mismatch ? [] : [mismatchOf(evidence.reported)];
}

function share({ sampleRatio }: SliceEvidence): number {
  const { challengerUnits = 0, controlUnits = 0 } = sampleRatio ?? {};
  return challengerUnits / Math.max(1, challengerUnits + controlUnits);
}

function paired(evidence: SliceEvidence, policy: Policy, currency: string): string[] {
  const { matureDays, rows, meanDifference, lowerBound, upperBound, stage } = evidence;
  if (meanDifference === null) return [];
  const money = formatMoney(currency);
  const bound = boundInWords(lowerBound, upperBound, evidence.alpha ?? policy.alpha, money);
  const days = `${matureDays} mature ${matureDays === 1 ? 'day' : 'days'}`;
  const allowed = policy.margin > 0 ? `, where ${money(policy.margin)} less is allowed` : '';
  const all = `on ${days} and ${count(rows)} records the challenger earned ${earned(meanDifference, money)} per record than the incumbent${bound}${allowed}`;
  if (!stage || stage.meanDifference === null || stage.matureDays === matureDays) return [all];
  return [
    all,
    `on the ${stage.matureDays} of them since this stage began it earned ${earned(stage.meanDifference, money)} per record`,
  ];
}

function boundInWords(
  lower: number | null,
  upper: number | null,
  alpha: number,
  money: (amount: number) => string,
): string {
  const confidence = `with ${Number((100 * (1 - alpha)).toFixed(2))} % confidence at every look`;
  if (lower !== null && lower >= 0) return `, at least ${money(lower)} more ${confidence}`;
  if (upper !== null && upper < 0) return `, at least ${money(upper)} less ${confidence}`;
  if (lower !== null && upper !== null)
    return `, between ${money(lower)} less and ${money(upper)} more ${confidence}`;
  if (lower !== null) return `, at most ${money(lower)} less ${confidence}`;
  return '; too few days for a bound';
}

function worstCase({ worstCase: bounds }: SliceEvidence, currency: string): string[] {
  if (!bounds) return [];
  const money = formatMoney(currency);
  return [
    `if the outcomes that nobody saw were as bad as can be it earned ${earned(bounds.lowest, money)} per record, if as good as can be ${earned(bounds.highest, money)}`,
  ];
}

function arms({ arms: found }: SliceEvidence, currency: string): string[] {
  if (!found || found.difference === null) return [];
  const money = formatMoney(currency);
  const days = `${found.days} ${found.days === 1 ? 'day' : 'days'}`;
  return [
    `over ${days} side by side, the ${count(found.challengerRows)} records of the challenger's arm earned ${earned(found.difference, money)} each than the ${count(found.controlRows)} of the control arm`,
  ];
}

function guardrails({ guardrails: all = [] }: SliceEvidence): string[] {
  return all.map(({ metric, margin, mean, upperBound, verdict }) =>
    mean === null
      ? `the guardrail ${metric} has no numbers yet`
      : `${metric} is ${number(mean)} on average, ${upperBound === null ? 'without a bound yet' : `at most ${number(upperBound)}`}, where ${number(margin)} is allowed: ${verdict}`,
  );
}

const earned = (amount: number, money: (amount: number) => string) =>
  `${money(amount)} ${amount >= 0 ? 'more' : 'less'}`;

const count = (() => {
  const format = new Intl.NumberFormat('en-US');
  return (value: number) => format.format(value);
})();
const number = (value: number) => String(Number(value.toPrecision(3)));
const percentOf = (value: number) => `${number(100 * value)} %`;

// Building a format costs far more than using it, and a review uses hundreds.
const formats = new Map<string, Intl.NumberFormat>();

function formatMoney(currency: string): (amount: number) => string {
  return (signed) => {
    const amount = Math.abs(signed);
    const digits = amount === 0 || amount >= 0.1 ? 2 : 4;
    const name = `${currency} ${digits}`;
    let format = formats.get(name);
    if (!format) {
      format = new Intl.NumberFormat('en-US', {
        style: 'currency',
        currency,
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      });
      formats.set(name, format);
    }
    return format.format(amount);
  };
}
