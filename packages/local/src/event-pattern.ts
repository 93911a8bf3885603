/**
 * An EventBridge event pattern: fields of the event, each with the list of values and matchers that it may meet.
 * `assertPattern` tells whether it is one.
 */
export type EventPattern = Readonly<Record<string, unknown>>;

const MATCHERS = ['prefix', 'suffix', 'equals-ignore-case', 'wildcard', 'anything-but', 'numeric', 'exists'];

/** @throws when EventBridge would refuse the pattern, or this one does not know a matcher that it uses. */
export function assertPattern(pattern: EventPattern, path = 'pattern'): void {
  for (const [field, wanted] of Object.entries(pattern)) {
    const where = `${path}.${field}`;
    if (!Array.isArray(wanted)) {
      if (!isObject(wanted))
        throw new Error(`${where} must be a list of values: write [${JSON.stringify(wanted)}].`);
      assertPattern(wanted, where);
    } else if (wanted.length === 0) {
      throw new Error(`${where} is an empty list, which nothing can match.`);
    } else if (field === '$or' && isListOfPatterns(wanted)) {
      for (const branch of wanted) assertPattern(branch, where);
    } else {
      for (const matcher of wanted) {
        if (!isObject(matcher)) continue;
        const names = Object.keys(matcher);
        if (String(matcher.wildcard).includes('**'))
          throw new Error(`${where}: EventBridge refuses two stars in a row.`);
        if (names.length !== 1 || !MATCHERS.includes(names[0] ?? '')) {
          throw new Error(
            `${where}: ${JSON.stringify(matcher)} is not one of the matchers ${MATCHERS.join(', ')}.`,
          );
        }
      }
    }
  }
}

/** Whether EventBridge would let `event` through: every field of the pattern must be met, by one of its values. */
export function matchesPattern(pattern: EventPattern, event: unknown): boolean {
  return Object.entries(pattern).every(([field, wanted]) => {
    if (field === '$or' && isListOfPatterns(wanted))
      return wanted.some((branch) => matchesPattern(branch, event));
    // An array in the event matches when one of its elements does.
    if (Array.isArray(event)) return event.some((element) => matchesPattern({ [field]: wanted }, element));
    const present = isObject(event) && Object.hasOwn(event, field);
    const value = present ? event[field] : undefined;
    if (!Array.isArray(wanted)) return isObject(wanted) && matchesPattern(wanted, value);
    return wanted.some((matcher) => matchesField(matcher, value, present));
  });
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isListOfPatterns = (value: unknown): value is EventPattern[] =>
  Array.isArray(value) && value.every(isObject);

function matchesField(matcher: unknown, value: unknown, present: boolean): boolean {
  if (isObject(matcher) && 'exists' in matcher) {
    // Only leaves exist: EventBridge does not see an object or an empty list as a value.
    const isLeaf = present && !isObject(value) && !(Array.isArray(value) && value.length === 0);
    return isLeaf === matcher.exists;
  }
  if (!present) return false;
  if (!Array.isArray(value)) return matchesValue(matcher, value);
  return value.some((element) => matchesValue(matcher, element));
}

function matchesValue(matcher: unknown, value: unknown): boolean {
  if (!isObject(matcher)) return matcher === value;
  const [name, operand] = Object.entries(matcher)[0] ?? ['(empty)', undefined];
  switch (name) {
    case 'prefix':
      return matchesText(operand, value, (text, part) => text.startsWith(part));
    case 'suffix':
      return matchesText(operand, value, (text, part) => text.endsWith(part));
    case 'equals-ignore-case':
      return matchesText({ [name]: operand }, value, (text, part) => text === part);
    case 'wildcard':
      return typeof value === 'string' && wildcard(String(operand)).test(value);
    case 'anything-but':
      return (
        !isObject(value) && value !== undefined && !anyOf(operand).some((other) => isOneOf(other, value))
      );
    case 'numeric':
      return typeof value === 'number' && Array.isArray(operand) && meetsAll(operand, value);
    default:
      throw new Error(`No matcher ${name}: assertPattern tells so before the first event.`);
  }
}

const anyOf = (operand: unknown): unknown[] => (Array.isArray(operand) ? operand : [operand]);

// `{"anything-but": {"prefix": ["a", "b"]}}` names several prefixes at once.
function isOneOf(other: unknown, value: unknown): boolean {
  if (!isObject(other)) return other === value;
  return Object.entries(other).some(([name, operand]) =>
    anyOf(operand).some((single) => matchesValue({ [name]: single }, value)),
  );
}

function matchesText(
  operand: unknown,
  value: unknown,
  test: (text: string, part: string) => boolean,
): boolean {
  if (typeof value !== 'string') return false;
  if (typeof operand === 'string') return test(value, operand);
  const folded = isObject(operand) ? operand['equals-ignore-case'] : undefined;
  return typeof folded === 'string' && test(value.toLowerCase(), folded.toLowerCase());
}

function wildcard(pattern: string): RegExp {
  const source = pattern.replace(/\\([*\\])|(\*)|[\^$.|?+()[\]{}\\]/g, (found, escaped, star) => {
    if (star) return '.*';
    return `\\${escaped ?? found}`;
  });
  return new RegExp(`^${source}$`, 's');
}

function meetsAll(conditions: unknown[], value: number): boolean {
  for (let index = 0; index < conditions.length; index += 2) {
    const limit = Number(conditions[index + 1]);
    const met = {
      '<': value < limit,
      '<=': value <= limit,
      '=': value === limit,
      '>=': value >= limit,
      '>': value > limit,
    };
    const operator = conditions[index];
    if (typeof operator !== 'string' || !Object.hasOwn(met, operator))
      throw new Error(`No such comparison: ${operator}`);
    if (!met[operator as keyof typeof met]) return false;
  }
  return true;
}
