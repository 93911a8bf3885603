/** Which of several fates, each with its chance, a drawn number in [0, 1) brings; mostly none. */
export function chosen<Fate extends string>(
  chances: Readonly<Partial<Record<Fate, number>>>,
  drawn: number,
): Fate | undefined {
  let left = drawn;
  for (const [fate, chance] of Object.entries<number | undefined>(chances)) {
    if (chance === undefined) continue;
    if (left < chance) return fate as Fate;
    left -= chance;
  }
  return undefined;
}
