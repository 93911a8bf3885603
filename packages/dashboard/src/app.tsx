import { useEffect, useState } from 'preact/hooks';
import { readAddress, writeAddress } from './address.ts';
import { type ApiProblem, listDeployments, rememberReadKey } from './api.ts';
import { DeploymentPage } from './deployment-page.tsx';
import { KeyForm } from './key-form.tsx';
import { Trouble, Waiting } from './states.tsx';

/** The page: which deployment, and what there is of it. */
export function App() {
  const [address, setAddress] = useState(readAddress);
  const [deployments, setDeployments] = useState<readonly string[] | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);

  const load = () =>
    listDeployments()
      .then((found) => {
        setDeployments(found);
        setProblem(null);
      })
      .catch(setProblem);
  useEffect(() => {
    void load();
  }, []);
  useEffect(() => writeAddress(address), [address]);

  if (problem?.status === 401) {
    const use = (key: string) => {
      rememberReadKey(key);
      void load();
    };
    return <KeyForm onKey={use} />;
  }
  if (problem) return <Trouble problem={problem} onRetry={load} />;
  if (deployments === null) return <Waiting what="Asking which deployments there are" />;
  const shown = address.deployment ?? deployments[0];
  if (shown === undefined) {
    return (
      <main class="alone">
        <h1>No deployment yet</h1>
        <p>
          Register one with <code>penumbra deployment register</code>, or run <code>penumbra trial</code> on a
          folder; then look here again.
        </p>
      </main>
    );
  }
  return (
    <DeploymentPage
      key={shown}
      deployment={shown}
      deployments={deployments}
      asOf={address.asOf}
      onDeployment={(deployment) => setAddress({ deployment, asOf: null })}
      onAsOf={(asOf) => setAddress({ deployment: address.deployment, asOf })}
    />
  );
}
