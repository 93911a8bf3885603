import { useRef, useState } from 'preact/hooks';
import { type ApiProblem, command, forgetCommandKey, hasCommandKey, rememberCommandKey } from './api.ts';
import type { Action } from './steering-actions.ts';

interface SteeringFormProps {
  readonly deployment: string;
  readonly action: Action;
  readonly onClose: () => void;
  readonly onDone: (said: string) => void;
}

/** Asks what a command still lacks, gives it, and says what was refused. */
export function SteeringForm({ deployment, action, onClose, onDone }: SteeringFormProps) {
  const reason = useRef<HTMLTextAreaElement>(null);
  const key = useRef<HTMLInputElement>(null);
  const [chosen, setChosen] = useState(0);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const { name, title, effect, done, label, choose, choices } = action;
  const choice = choices[chosen] ?? choices[0];
  const submit = async () => {
    if (key.current) rememberCommandKey(key.current.value);
    setBusy(true);
    try {
      const event = await command(deployment, choice.command, reason.current?.value ?? '');
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
      {choices.length > 1 ? (
        <>
          <label for="steering-choice">{choose}</label>
          <select
            id="steering-choice"
            value={chosen}
            onChange={(event) => setChosen(Number(event.currentTarget.value))}
          >
            {choices.map((each, index) => (
              <option key={each.label} value={index}>
                {each.label}
              </option>
            ))}
          </select>
        </>
      ) : choose === '' ? null : (
        <p>
          {choose}: <b>{choice.label}</b>
        </p>
      )}
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
        <button type="submit" class={`button ${name === 'override' ? 'grave' : 'strong'}`} disabled={busy}>
          {label}
        </button>
      </div>
    </form>
  );
}
