/** Where the built page lies: static files, to be served at the root of the API's origin. */
export const DIST: string;
/** Builds the page into DIST. */
export function buildPage(): Promise<void>;
/** Builds the page where there is none, or where its sources are newer. */
export function buildPageIfNeeded(): Promise<void>;
/** The files of the built page by their path in URLs. */
export function pageFiles(): Promise<ReadonlyMap<string, Uint8Array>>;
