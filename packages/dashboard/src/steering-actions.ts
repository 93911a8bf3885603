import type { History } from '@penumbra/core/history';
import { awaitingApproval } from '@penumbra/report/awaiting-approval';
import { formatPercent } from '@penumbra/report/money';
import type { Command } from './api.ts';

/** One thing that a person may have the rollout do. */
export interface Choice {
  /** What it is about, in words: a slice, and what it gets. */
  readonly label: string;
  readonly command: Command;
}

/** A button, and what its dialog says. */
export interface Action {
  readonly name: Command['name'];
  /** On the button that opens the dialog, and on the one that does it. */
  readonly label: string;
  readonly title: string;
  readonly effect: string;
  readonly done: string;
  /** Label of the choice, where there is one. */
  readonly choose: string;
  /** The first one is taken unless a person takes another one; never none. */
  readonly choices: readonly [Choice, ...Choice[]];
}

type Steered = Pick<History, 'paused' | 'overridden' | 'slices' | 'reviews' | 'interventions' | 'definition'>;

const one = (label: string, command: Command): [Choice] => [{ label, command }];

const PAUSE: Action = {
  name: 'pause',
  label: 'Pause',
  title: 'Pause the rollout',
  effect:
    'Every slice keeps the traffic that it has, and nothing is promoted until somebody resumes it. Harm is still rolled back.',
  done: 'Paused',
  choose: '',
  choices: one('the rollout', { name: 'pause' }),
};

const RESUME: Action = {
  name: 'resume',
  label: 'Resume',
  title: 'Resume the rollout',
  effect: 'From the next daily review on, slices are promoted again where the evidence says so.',
  done: 'Resumed',
  choose: '',
  choices: one('the rollout', { name: 'resume' }),
};

/** What may be done to a rollout as it stands; what would change nothing is left out. */
export function steeringActions(history: Steered): Action[] {
  const held = history.paused !== null || history.overridden !== null;
  return [held ? RESUME : PAUSE, ...approval(history), ...override(history)];
}

function approval(history: Steered): Action[] {
  const [first, ...others] = awaitingApproval(history).map(
    ({ slice, stage, percent }): Choice => ({
      label: `stage ${stage} of ${slice}, ${formatPercent(percent)} of its traffic`,
      command: { name: 'approve', slice, stage },
    }),
  );
  if (!first) return [];
  return [
    {
      name: 'approve',
      label: 'Approve',
      title: 'Approve a stage in the rollout',
      effect:
        'The next daily review promotes the slice to it, if the evidence still says so. Nothing changes before that.',
      done: 'Approved',
      choose: 'To approve',
      choices: [first, ...others],
    },
  ];
}

function override({ overridden, slices }: Steered): Action[] {
  const served = slices.filter(({ percent }) => percent > 0);
  if (overridden !== null && served.length === 0) return [];
  const back = served.map(
    ({ slice, percent }): Choice => ({
      label: `${slice} only, now at ${formatPercent(percent)}`,
      command: { name: 'override', slice },
    }),
  );
  return [
    {
      name: 'override',
      label: 'Override',
      title: 'Override the rollout',
      effect:
        'At once the challenger gets 0 %: the incumbent decides everything there. Approvals there are void, and nothing is promoted anywhere until somebody resumes the rollout.',
      done: 'Taken back',
      choose: 'Which slices',
      choices: [
        { label: 'every slice', command: { name: 'override', slice: null } },
        ...(slices.length > 1 ? back : []),
      ],
    },
  ];
}
