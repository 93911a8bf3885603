import { useState } from 'preact/hooks';
import { rememberReadKey } from './api.ts';
import { BusinessAnswers } from './business-answers.tsx';
import { EngineerSections } from './engineer-sections.tsx';
import { KeyForm } from './key-form.tsx';
import { Trouble, Waiting } from './states.tsx';
import { Steering } from './steering.tsx';
import { TimeTravel } from './time-travel.tsx';
import { TopBar } from './top-bar.tsx';
import { useHistory } from './use-history.ts';

interface DeploymentPageProps {
  readonly deployment: string;
  readonly deployments: readonly string[];
  readonly asOf: string | null;
  readonly onDeployment: (deployment: string) => void;
  readonly onAsOf: (asOf: string | null) => void;
}

/** One deployment: what its owner wants to know, and under it everything that its engineer looks at. */
export function DeploymentPage({ deployment, deployments, asOf, onDeployment, onAsOf }: DeploymentPageProps) {
  const { history, problem, loading, reload } = useHistory(deployment, asOf);
  const [said, setSaid] = useState('');
  if (!history) {
    if (problem?.status === 401) {
      const use = (key: string) => {
        rememberReadKey(key);
        reload();
      };
      return <KeyForm onKey={use} />;
    }
    if (problem) return <Trouble problem={problem} onRetry={reload} />;
    return <Waiting what={`Reading the log of ${deployment}`} />;
  }
  const done = (text: string) => {
    setSaid(text);
    reload();
  };
  return (
    <>
      <TopBar history={history} deployments={deployments} onDeployment={onDeployment} loading={loading} />
      {problem ? (
        <p class="stale" role="status">
          What you see is older: {problem.message}. {problem.remedy}.{' '}
          <button type="button" class="link" onClick={reload}>
            Try again
          </button>
        </p>
      ) : null}
      {asOf === null ? null : (
        <p class="past" role="status">
          This is {deployment} as it was known with the review of {history.asOf}.{' '}
          <button type="button" class="link" onClick={() => onAsOf(null)}>
            Back to the latest
          </button>
        </p>
      )}
      <main id="top">
        <BusinessAnswers history={history}>
          <Steering history={history} past={asOf !== null} onDone={done} />
        </BusinessAnswers>
        {history.simulated ? (
          <p class="note">
            A trial over recorded history: nobody was served. Traffic and decisions are what they would have
            been, if they had not changed the outcomes.
          </p>
        ) : null}
        <p class="said" role="status" aria-live="polite">
          {said}
        </p>
        <TimeTravel dates={history.reviewDates} asOf={asOf} shown={history.asOf} onAsOf={onAsOf} />
        <EngineerSections history={history} />
      </main>
      <footer>
        Records of {history.from} to {history.to}, definition {history.definitionVersion}. The same log always
        gives this page: <a href={`v1/deployments/${deployment}/history`}>its data</a>,{' '}
        <a href="openapi.json">the API</a>.
      </footer>
    </>
  );
}
