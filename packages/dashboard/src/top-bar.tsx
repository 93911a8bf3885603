import type { History } from '@penumbra/core/history';

interface TopBarProps {
  readonly history: History;
  readonly deployments: readonly string[];
  readonly loading: boolean;
  readonly onDeployment: (deployment: string) => void;
}

/** Which deployment this is, and as of when. */
export function TopBar({ history, deployments, loading, onDeployment }: TopBarProps) {
  return (
    <header class="bar">
      <a class="skip" href="#answers">
        To the answers
      </a>
      <span class="brand">
        <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
          <title>Penumbra</title>
          <circle cx="12" cy="12" r="10" class="umbra" />
          <path d="M12 2a10 10 0 0 1 0 20a14 14 0 0 0 0-20z" class="light" />
        </svg>
        Penumbra
      </span>
      {deployments.length > 1 ? (
        <label class="choice">
          <span class="hidden">Deployment</span>
          <select value={history.deployment} onChange={(event) => onDeployment(event.currentTarget.value)}>
            {deployments.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      ) : (
        <span class="name">{history.deployment}</span>
      )}
      <span class="when">{loading ? 'Reading …' : `Review of ${history.asOf}`}</span>
    </header>
  );
}
