/** Half of a surrogate pair: JavaScript holds it, UTF-8 does not, and so neither do hashes and canonical JSON. */
const LONE_SURROGATE = /\p{Surrogate}/u;
const EVERY_LONE_SURROGATE = /\p{Surrogate}/gu;

/** Whether a text can be written as UTF-8. */
export const isWellFormed = (text: string): boolean => !LONE_SURROGATE.test(text);

/** The text with U+FFFD in place of what UTF-8 cannot hold: for texts that quote data. */
export const toWellFormed = (text: string): string => text.replace(EVERY_LONE_SURROGATE, '\uFFFD');

/** What is wrong with a text that is not well-formed, and what to do. */
export const NOT_WELL_FORMED =
  'half of a character is missing (a lone surrogate): type or copy the text again';

/** Where in a JSON value, as paths with dots, a text or the name of a field is not well-formed. */
export function malformedTexts(value: unknown, path = ''): string[] {
  if (typeof value === 'string') return isWellFormed(value) ? [] : [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const at = path === '' ? name : `${path}.${name}`;
    return [...(isWellFormed(name) ? [] : [toWellFormed(at)]), ...malformedTexts(inner, at)];
  });
}
