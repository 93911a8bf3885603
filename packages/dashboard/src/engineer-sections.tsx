import { assumptions } from '@penumbra/report/assumptions';
import { calibrationChart } from '@penumbra/report/calibration-figure';
import { coverageChart } from '@penumbra/report/coverage-figure';
import { decisionLog } from '@penumbra/report/decision-log';
import { driftChart } from '@penumbra/report/drift-figure';
import { errorsSection } from '@penumbra/report/errors-tables';
import { exposureChart } from '@penumbra/report/exposure-figure';
import type { Chart } from '@penumbra/report/plot';
import { scoresChart } from '@penumbra/report/scores-figure';
import { slicesTable } from '@penumbra/report/slices-table';
import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import type { ServedHistory } from './api.ts';
import { Backtest } from './backtest.tsx';
import { Certificate } from './certificate.tsx';
import { ChartView } from './chart-view.tsx';
import { DayByDay } from './day-by-day.tsx';
import { DayGrid } from './day-grid.tsx';
import { Drawn } from './drawn.tsx';
import { EventLog } from './event-log.tsx';
import { EvidencePanels } from './evidence-panels.tsx';
import { Interventions } from './interventions.tsx';
import { RangeChoice, type Ranged, useRange } from './range-choice.tsx';
import { ScoreQuality } from './score-quality.tsx';

const SECTIONS = [
  ['slices', 'Where it stands'],
  ['evidence', 'Evidence'],
  ['traffic', 'Traffic'],
  ['days', 'Days'],
  ['scores', 'Scores'],
  ['errors', 'Right and wrong'],
  ['log', 'Log'],
  ['backtest', 'Backtest'],
  ['assumed', 'Assumed'],
] as const;

/** Everything behind the answers, for who wants to check them. */
export function EngineerSections({ history }: { readonly history: ServedHistory }) {
  const ranged = useRange(history);
  return (
    <>
      <nav class="contents" aria-label="Sections">
        {SECTIONS.map(([id, title]) => (
          <a key={id} href={`#${id}`}>
            {title}
          </a>
        ))}
      </nav>
      <Section id="slices">
        <Drawn of={useMemo(() => slicesTable(history), [history])} />
      </Section>
      <Section id="evidence">
        <RangeChoice of={history} ranged={ranged} />
        <DayByDay history={history} ranged={ranged} />
        <EvidencePanels history={history} ranged={ranged} />
      </Section>
      <Section id="traffic">
        <TrafficOverTime history={history} ranged={ranged} />
        <Interventions history={history} />
        <Drawn of={useMemo(() => decisionLog(history), [history])} />
      </Section>
      <Section id="days">
        <DayGrid history={history} />
        <Figure chart={useMemo(() => coverageChart(history.days, history.definition.outcomes), [history])}>
          No day has been looked at yet.
        </Figure>
      </Section>
      <Section id="scores">
        <Scores history={history} ranged={ranged} />
      </Section>
      <Section id="errors">
        <Drawn of={useMemo(() => errorsSection(history), [history])} />
      </Section>
      <Section id="log">
        <EventLog history={history} />
      </Section>
      <Section id="backtest">
        <Backtest history={history} />
      </Section>
      <Section id="assumed">
        <Certificate history={history} />
        <Drawn of={useMemo(() => assumptions(history), [history])} />
      </Section>
    </>
  );
}

function Section({
  id,
  children,
}: {
  readonly id: (typeof SECTIONS)[number][0];
  readonly children: ComponentChildren;
}) {
  const title = SECTIONS.find(([name]) => name === id)?.[1];
  return (
    <section id={id} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      {children}
    </section>
  );
}

interface RangedProps {
  readonly history: ServedHistory;
  readonly ranged: Ranged;
}

function TrafficOverTime({ history, ranged }: RangedProps) {
  const chart = useMemo(() => exposureChart(history), [history]);
  return <ChartView chart={chart} range={ranged.range} onPan={ranged.pan} />;
}

function Scores({ history, ranged }: RangedProps) {
  const { scores, definition } = history;
  const { task, outcomes } = definition;
  const charts = useMemo(() => {
    if (!scores) return null;
    const threshold = task.type === 'binary-classification' ? task.threshold : null;
    return {
      calibration: calibrationChart(scores, outcomes.label),
      scores: scoresChart(scores, threshold),
      drift: driftChart(history),
    };
  }, [history, outcomes, scores, task]);
  if (!charts) {
    return task.type === 'regression' ? (
      <p class="empty">
        A regression has no scores: how far both are off is under <a href="#errors">Right and wrong</a>.
      </p>
    ) : (
      <p class="empty">No day with scores is mature yet.</p>
    );
  }
  return (
    <>
      <ScoreQuality history={history} />
      <div class="pair">
        <Figure chart={charts.calibration}>No score has an outcome yet.</Figure>
        <Figure chart={charts.scores}>No scores to compare yet.</Figure>
      </div>
      {charts.drift ? <ChartView chart={charts.drift} range={ranged.range} onPan={ranged.pan} /> : null}
    </>
  );
}

function Figure({ chart, children }: { readonly chart: Chart | null; readonly children: string }) {
  return chart ? <ChartView chart={chart} /> : <p class="empty">{children}</p>;
}
