/** The numbers of a text with commas between them; undefined where they are not `count` numbers. */
export function numberList(text: string, count: number): number[] | undefined {
  const found = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  return found.length === count && found.every(Number.isFinite) ? found : undefined;
}
