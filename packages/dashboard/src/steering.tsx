import type { History } from '@penumbra/core/history';
import { useRef, useState } from 'preact/hooks';
import { type ApiProblem, command, forgetCommandKey, hasCommandKey, rememberCommandKey } from './api.ts';

interface SteeringProps {
  readonly history: History;
  /** The past cannot be steered. */
  readonly past: boolean;
  readonly onDone: (said: string) => void;
}

/** The pause button, and the way back: each with a reason, and with a command key that is kept in memory only. */
export function Steering({ history, past, onDone }: SteeringProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const held = history.paused !== null || history.overridden !== null;
  const what = held ? 'resume' : 'pause';
  return (
    <div class="steering">
      <button
        type="button"
        class={held ? 'button' : 'button strong'}
        disabled={past}
        title={past ? 'Go back to the latest review first' : undefined}
        onClick={() => dialog.current?.showModal()}
      >
        {held ? 'Resume …' : 'Pause …'}
      </button>
      <dialog ref={dialog} aria-labelledby="steering-title">
        <SteeringForm
          deployment={history.deployment}
          what={what}
          onClose={() => dialog.current?.close()}
          onDone={(said) => {
            dialog.current?.close();
            onDone(said);
          }}
        />
      </dialog>
    </div>
  );
}

interface SteeringFormProps {
  readonly deployment: string;
  readonly what: 'pause' | 'resume';
  readonly onClose: () => void;
  readonly onDone: (said: string) => void;
}

const WORDS = {
  pause: {
    title: 'Pause the rollout',
    effect:
      'Every slice keeps the traffic that it has, and nothing is promoted until somebody resumes it. Harm is still rolled back.',
    done: 'Paused',
  },
  resume: {
    title: 'Resume the rollout',
    effect: 'From the next daily review on, slices are promoted again where the evidence says so.',
    done: 'Resumed',
  },
} as const;

function SteeringForm({ deployment, what, onClose, onDone }: SteeringFormProps) {
  const reason = useRef<HTMLTextAreaElement>(null);
  const key = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const { title, effect, done } = WORDS[what];
  const submit = async () => {
    if (key.current) rememberCommandKey(key.current.value);
    setBusy(true);
    try {
      const event = await command(deployment, what, reason.current?.value ?? '');
      setProblem(null);
      if (reason.current) reason.current.value = '';
      onDone(`${done}, and recorded as ${event}.`);
    } catch (error) {
      const refused = error as ApiProblem;
      // A key that does not fit is asked for again.
      if (refused.status === 401 || refused.status === 403) forgetCommandKey();
      setProblem(refused);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <h2 id="steering-title">
        {title} of {deployment}
      </h2>
      <p>{effect}</p>
      <label for="steering-reason">Reason, for everybody who reads the log</label>
      <textarea id="steering-reason" ref={reason} rows={3} maxLength={1000} required />
      {hasCommandKey() ? null : (
        <>
          <label for="steering-key">Command key</label>
          <input id="steering-key" ref={key} type="password" autocomplete="off" required />
          <p class="note">Kept in memory only, until you close the page.</p>
        </>
      )}
      {problem ? (
        <p class="problem" role="alert">
          {problem.message}. {problem.remedy}.
        </p>
      ) : null}
      <div class="buttons">
        <button type="button" class="button" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" class="button strong" disabled={busy}>
          {what === 'pause' ? 'Pause' : 'Resume'}
        </button>
      </div>
    </form>
  );
}
