import { parseHTML } from 'linkedom';

/** What Plot draws into where there is no browser. */
export const { document } = parseHTML('<!doctype html><html><body></body></html>');
