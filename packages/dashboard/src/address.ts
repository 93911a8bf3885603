/** What the address of the page says: which deployment, and as of when. So a link shows what its sender saw. */
export interface Address {
  readonly deployment: string | null;
  readonly asOf: string | null;
}

export function readAddress(): Address {
  const query = new URLSearchParams(location.search);
  return { deployment: query.get('deployment'), asOf: query.get('asOf') };
}

export function writeAddress({ deployment, asOf }: Address): void {
  const query = new URLSearchParams();
  if (deployment !== null) query.set('deployment', deployment);
  if (asOf !== null) query.set('asOf', asOf);
  const text = query.toString();
  history.replaceState(null, '', `${location.pathname}${text === '' ? '' : `?${text}`}${location.hash}`);
}
