/** What Athena asks for data scanned, in USD per TB, in most regions; a stage may have another price. */
export const LIST_USD_PER_TB = 5;

const MB = 2 ** 20;
const TB = 2 ** 40;
/** Each query is charged for at least so much, and for whole megabytes. */
const LEAST_MB = 10;

/** An amount of money that AWS asks for. */
export interface QueryCost {
  readonly amount: number;
  readonly currency: 'USD';
}

/**
 * The price of a query that scanned so many bytes: whole megabytes, ten at least (Athena's pricing page). One that was
 * cancelled costs what it had scanned; one that failed costs nothing.
 */
export function queryCost(bytesScanned: number, usdPerTb: number): QueryCost {
  const megabytes = Math.max(LEAST_MB, Math.ceil(bytesScanned / MB));
  return { amount: (megabytes * MB * usdPerTb) / TB, currency: 'USD' };
}
