import type { History } from '@penumbra/core/history';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Action, steeringActions } from './steering-actions.ts';
import { SteeringForm } from './steering-form.tsx';

interface SteeringProps {
  readonly history: History;
  /** The past cannot be steered. */
  readonly past: boolean;
  readonly onDone: (said: string) => void;
}

/** What a person may do: each with a reason, and with a command key that is kept in memory only. */
export function Steering({ history, past, onDone }: SteeringProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [asked, setAsked] = useState<Action | null>(null);
  useEffect(() => {
    if (asked) dialog.current?.showModal();
  }, [asked]);
  return (
    <div class="steering">
      {steeringActions(history).map((action) => (
        <button
          key={action.name}
          type="button"
          class={action.name === 'pause' || action.name === 'approve' ? 'button strong' : 'button'}
          disabled={past}
          title={past ? 'Go back to the latest review first' : undefined}
          onClick={() => setAsked(action)}
        >
          {action.label} …
        </button>
      ))}
      <dialog ref={dialog} aria-labelledby="steering-title" onClose={() => setAsked(null)}>
        {asked ? (
          <SteeringForm
            deployment={history.deployment}
            action={asked}
            onClose={() => dialog.current?.close()}
            onDone={(said) => {
              dialog.current?.close();
              onDone(said);
            }}
          />
        ) : null}
      </dialog>
    </div>
  );
}
