import type { History } from '@penumbra/core/history';
import { recentDates, type ScoreMeasure, scoreMeasures } from '@penumbra/report/score-measures';
import { useEffect, useState } from 'preact/hooks';
import { type ApiProblem, type MetricsAnswer, readMetrics } from './api.ts';
import { Meaning } from './meaning.tsx';

/** How good the challenger's scores are: from the metric states of the days that the histogram shows. */
export function ScoreQuality({ history }: { readonly history: History }) {
  const [measures, setMeasures] = useState<readonly ScoreMeasure[] | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const { deployment } = history;
  const { from, to } = recentDates(history.days) ?? {};
  useEffect(() => {
    let wanted = true;
    if (from === undefined || to === undefined) return;
    readMetrics(deployment, from, to)
      .then((read) => wanted && setMeasures(measuresOf(read)))
      .catch((error: ApiProblem) => wanted && setProblem(error));
    return () => {
      wanted = false;
    };
  }, [deployment, from, to]);
  if (problem) return <p class="problem">AUC and Brier score could not be read: {problem.message}.</p>;
  if (from === undefined) return null;
  return (
    <dl class="measures" aria-label="How good the scores are" aria-busy={measures === null}>
      {(measures ?? []).map(({ name, value, meaning }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <Meaning of={meaning}>{value}</Meaning>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function measuresOf({ overall, dates }: MetricsAnswer): ScoreMeasure[] {
  const { labelled, classification } = overall;
  if (!classification) return [];
  const { auc, brier, confusion } = classification;
  return scoreMeasures({ labelled, auc, brier, positives: confusion.challenger }, dates.length);
}
