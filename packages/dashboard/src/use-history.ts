import { useCallback, useEffect, useState } from 'preact/hooks';
import { type ApiProblem, readHistory, type ServedHistory } from './api.ts';

const REFRESH_MS = 60_000;

export interface Loaded {
  readonly history: ServedHistory | null;
  /** What went wrong last; beside an older history it says that this one is stale. */
  readonly problem: ApiProblem | null;
  readonly loading: boolean;
  readonly reload: () => void;
}

/** A deployment's history, read again every minute while the page is looked at. */
export function useHistory(deployment: string, asOf: string | null): Loaded {
  const [history, setHistory] = useState<ServedHistory | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [loading, setLoading] = useState(true);
  const [round, setRound] = useState(0);
  const reload = useCallback(() => setRound((before) => before + 1), []);

  useEffect(() => {
    const ended = new AbortController();
    setLoading(true);
    readHistory(deployment, asOf, ended.signal)
      .then((read) => {
        if (ended.signal.aborted) return;
        setHistory(read);
        setProblem(null);
      })
      .catch((error: ApiProblem) => ended.signal.aborted || setProblem(error))
      .finally(() => ended.signal.aborted || setLoading(false));
    return () => ended.abort();
  }, [deployment, asOf, round]);

  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === 'visible' && reload(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [reload]);

  return { history, problem, loading, reload };
}
