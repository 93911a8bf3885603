import type { Verdict } from '@penumbra/core/rollout-events';

export interface VerdictWords {
  /** Told by shape as well as by colour. */
  readonly symbol: string;
  readonly label: string;
  readonly meaning: string;
}

export const VERDICTS: Readonly<Record<Verdict, VerdictWords>> = {
  EXCEEDS: { symbol: '▲', label: 'Exceeds', meaning: 'earns more than the incumbent' },
  MEETS: { symbol: '✓', label: 'Meets', meaning: 'earns no less than the margin allows' },
  HARMS: { symbol: '▼', label: 'Harms', meaning: 'earns less than the margin allows' },
  INCONCLUSIVE: { symbol: '○', label: 'Inconclusive', meaning: 'the days so far allow either' },
  NOT_ASSESSABLE: { symbol: '–', label: 'Not assessable', meaning: 'too few days or rows to judge' },
};

/** A verdict without its badge: `▲ Exceeds`. */
export function verdictText(verdict: Verdict): string {
  const { symbol, label } = VERDICTS[verdict];
  return `${symbol} ${label}`;
}

/** `a, b and c`; of more than `most`, the first ones and how many there are besides. */
export function listOf(names: readonly string[], most = 4): string {
  const shown = names.length > most ? names.slice(0, most - 1) : names;
  const items = names.length > shown.length ? [...shown, `${names.length - shown.length} more`] : [...shown];
  const last = items.pop() ?? '';
  return items.length === 0 ? last : `${items.join(', ')} and ${last}`;
}

/** Reasons as one text, each a sentence of its own. */
export function sentences(reasons: readonly string[]): string {
  return reasons.map((reason) => sentence(reason)).join(' ');
}

/** A sentence: a capital first, a full stop last. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return '';
  return /[.!?…]$/.test(trimmed) ? capital(trimmed) : `${capital(trimmed)}.`;
}

function capital(text: string): string {
  // A slice's name is written as its owner writes it; it is recognised by what cannot be prose.
  return /^\S*[-_/]\S*/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}

/** What a stage is called: shadow, or its number of all. */
export function stageName(stage: number, stages: number): string {
  return stage === 0 ? 'shadow' : `${stage} of ${stages}`;
}
