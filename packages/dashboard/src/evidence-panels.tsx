import type { History } from '@penumbra/core/history';
import {
  EVIDENCE_TITLE,
  evidenceCaption,
  evidenceChart,
  evidenceKey,
  NO_LOOK,
} from '@penumbra/report/evidence-figure';
import { verdictBadge } from '@penumbra/report/slices-table';
import { changes } from '@penumbra/report/traffic-changes';
import { useMemo } from 'preact/hooks';
import { ChartView } from './chart-view.tsx';
import { Drawn } from './drawn.tsx';
import type { Ranged } from './range-choice.tsx';

/** The mean difference and its bounds at every look, a panel for each slice. */
export function EvidencePanels({ history, ranged }: { readonly history: History; readonly ranged: Ranged }) {
  const charts = useMemo(() => {
    const moves = changes(history);
    return history.slices.map((slice) => ({ slice, chart: evidenceChart(history, slice, moves) }));
  }, [history]);
  const marks = useMemo(() => evidenceKey(history), [history]);
  return (
    <figure>
      <h3>{EVIDENCE_TITLE}</h3>
      <Drawn of={marks} />
      <div class={`panels${history.slices.length <= 4 ? ' few' : ''}`}>
        {charts.map(({ slice, chart }) => (
          <div class="panel" key={slice.slice}>
            <h4>
              {slice.slice} <Drawn of={verdictBadge(slice.verdict)} />
            </h4>
            {chart ? (
              <ChartView chart={chart} range={ranged.range} onPan={ranged.pan} heading="none" />
            ) : (
              <p class="empty">{NO_LOOK}</p>
            )}
          </div>
        ))}
      </div>
      <figcaption>{evidenceCaption(history)}</figcaption>
    </figure>
  );
}
