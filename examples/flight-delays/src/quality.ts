import { payoffOf } from './payoff.ts';

/** The chance that a late flight is scored above a punctual one (ties count half): the area under the ROC curve. */
export function auc(scores: Float64Array, labels: Uint8Array): number {
  const order = Uint32Array.from(scores, (_, row) => row);
  order.sort((a, b) => (scores[a] as number) - (scores[b] as number));
  let positives = 0;
  let rankSum = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    let late = 0;
    const score = scores[order[from] as number];
    while (to < order.length && scores[order[to] as number] === score) {
      late += labels[order[to] as number] as number;
      to += 1;
    }
    rankSum += (late * (from + 1 + to)) / 2;
    positives += late;
    from = to;
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (labels.length - positives));
}

/** The mean negative log-likelihood, in nats. */
export function logLoss(scores: Float64Array, labels: Uint8Array): number {
  let sum = 0;
  for (let row = 0; row < labels.length; row++) {
    const probability = labels[row] === 1 ? (scores[row] as number) : 1 - (scores[row] as number);
    sum -= Math.log(Math.max(probability, 1e-15));
  }
  return sum / labels.length;
}

/** The mean pay-off of rebooking from `limit` on, in US dollars per flight. */
export function meanPayoff(scores: Float64Array, labels: Uint8Array, limit: number): number {
  let sum = 0;
  for (let row = 0; row < labels.length; row++) {
    sum += payoffOf((scores[row] as number) >= limit, labels[row] === 1);
  }
  return sum / labels.length;
}
