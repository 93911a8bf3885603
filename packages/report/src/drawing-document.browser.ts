/** What Plot draws into: the page's own document. */
export const document = (globalThis as unknown as { readonly document: object }).document;
