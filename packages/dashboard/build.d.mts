/** Where the built page lies: static files, to be served at the root of the API's origin. */
export const DIST: string;
/** Builds the page into DIST. */
export function buildPage(): Promise<void>;
/**
 * The files of the page by their path in URLs, as its sources are now. A page that was built is used; one that is older
 * than its sources is built anew, and kept.
 */
export function pageFiles(): Promise<ReadonlyMap<string, Uint8Array>>;
