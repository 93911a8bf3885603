import { countOf } from '@penumbra/report/money';
import { sentence } from '@penumbra/report/words';
import type { LogEvent } from './api.ts';

type Data = LogEvent['data'];

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const listed = (value: unknown): readonly Data[] => (Array.isArray(value) ? value : []);

/** An event in one sentence. */
export function eventSentence({ type, data, actor }: LogEvent): string {
  const asOf = text(data.asOf);
  switch (type) {
    case 'DeploymentRegistered':
      return `Registered; records from ${text(data.startDate)} on belong to it.`;
    case 'DefinitionRevised':
      return `Definition revised to version ${data.definitionVersion}.`;
    case 'RolloutReviewed':
      return reviewed(asOf, listed(data.slices));
    case 'StageApproved':
      return `${actor.name} approved stage ${data.stage} of ${data.slice}: ${sentence(text(data.reason))}`;
    case 'RolloutPaused':
      return `${actor.name} paused it: ${sentence(text(data.reason))}`;
    case 'RolloutResumed':
      return `${actor.name} resumed it: ${sentence(text(data.reason))}`;
    case 'RolloutOverridden':
      return `${actor.name} took ${data.slice ?? 'every slice'} back to shadow: ${sentence(text(data.reason))}`;
    case 'PartitionReady':
      return `${countOf(Number(data.rows), 'record')} in ${countOf(listed(data.files).length, 'file')} are ready.`;
    case 'PartitionRejected':
      return `Its ${text(data.step)} were rejected: ${sentence(text(listed(data.problems)[0]?.what))}`;
    case 'TransformSubmitted':
      return `Batch Transform submitted, attempt ${data.attempt}.`;
    case 'TransformCompleted':
      return `Batch Transform complete, attempt ${data.attempt}.`;
    case 'TransformFailed':
      return `Batch Transform failed, attempt ${data.attempt}: ${sentence(text(data.reason))}`;
    case 'PredictionsLanded':
      return `Predictions landed in ${countOf(listed(data.files).length, 'file')}.`;
    case 'OutcomesLanded':
      return `Outcomes landed up to ${asOf}, ${countOf(Number(data.age), 'day')} after the date.`;
    case 'QuerySubmitted':
      return `Query submitted as of ${asOf}, attempt ${data.attempt}.`;
    case 'QuerySucceeded':
      return `Query complete, attempt ${data.attempt}: ${countOf(Number(data.bytesScanned), 'byte')} scanned.`;
    case 'QueryFailed':
      return `Query failed, attempt ${data.attempt}: ${sentence(text(data.reason))}`;
    case 'PartitionEvaluated':
      return `Looked at as of ${asOf}.`;
    case 'PartitionMatured':
      return `Mature as of ${asOf}: frozen, and evidence.`;
    case 'PartitionRestated':
      return `Corrected as of ${asOf}; shown, and no evidence.`;
    default:
      return '';
  }
}

function reviewed(asOf: string, slices: readonly Data[]): string {
  const acted = (action: string) =>
    slices.filter((slice) => slice.action === action).map(({ slice }) => slice);
  const [up, down, held] = [acted('promote'), acted('roll-back'), acted('hold')];
  const parts = [
    ...(up.length > 0 ? [`promoted ${up.join(', ')}`] : []),
    ...(down.length > 0 ? [`rolled back ${down.join(', ')}`] : []),
    ...(held.length > 0 ? [`held ${countOf(held.length, 'slice')}`] : []),
  ];
  return `Review as of ${asOf}: ${parts.join('; ')}.`;
}
