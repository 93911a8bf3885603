import type { Definition } from '@penumbra/core/definition';
import { formatPerRecord } from './money.ts';

type Classification = Extract<Definition['task'], { readonly type: 'binary-classification' }>;
type Cell = Classification['payoff']['truePositive'];

/** A cell of the pay-off matrix as a sum: `−$60.00 + 0.3 × amount`. */
export function cellInWords({ fixed, perAmount, perMoney }: Cell, currency: string): string {
  const terms = [
    { factor: perAmount, text: 'amount' },
    { factor: perMoney, text: 'outcome money' },
  ].filter(({ factor }) => factor !== 0);
  const first = fixed === 0 && terms.length > 0 ? '' : formatPerRecord(fixed, currency);
  return terms.reduce((sum, { factor, text }) => {
    const size = Math.abs(factor) === 1 ? text : `${Math.abs(factor)} × ${text}`;
    if (sum === '') return factor < 0 ? `−${size}` : size;
    return `${sum} ${factor < 0 ? '−' : '+'} ${size}`;
  }, first);
}
