/**
 * The part of JSONPath that Batch Transform takes in its filters: `$`, `.name`, `['a','b']`, `[0,-1]`, `[1:]`, `*`.
 * Several names keep their names (an object comes out); several elements make a list.
 */
export type JsonPath = Step[];

type Element = number | { start: number | undefined; end: number | undefined };
type Step = { names: string[] } | { elements: Element[] } | { every: true };

const STEP = /\.\[|\[|\.(\*|[^.[\]*\s]+)/y;
const BRACKET = /\s*(?:(\*)|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(-?\d+)?\s*(:)?\s*(-?\d+)?)\s*([,\]])/y;

/** @throws when the expression is not one that Batch Transform understands. */
export function parseJsonPath(expression: string): JsonPath {
  const refuse = () => new Error(`"${expression}" is not a JSONPath that Batch Transform supports.`);
  if (!expression.startsWith('$')) throw refuse();
  const path: JsonPath = [];
  let position = 1;
  while (position < expression.length) {
    STEP.lastIndex = position;
    const step = STEP.exec(expression);
    if (!step) throw refuse();
    position = STEP.lastIndex;
    if (step[1] !== undefined) {
      path.push(step[1] === '*' ? { every: true } : { names: [step[1]] });
      continue;
    }
    const bracket = parseBracket(expression, position);
    if (!bracket) throw refuse();
    path.push(bracket.step);
    position = bracket.end;
  }
  return path;
}

function parseBracket(expression: string, start: number): { step: Step; end: number } | undefined {
  const names: string[] = [];
  const elements: Element[] = [];
  let every = false;
  BRACKET.lastIndex = start;
  for (;;) {
    const match = BRACKET.exec(expression);
    if (!match) return undefined;
    const [, star, single, double, first, colon, last, end] = match;
    const name = single ?? double;
    if (star) every = true;
    else if (name !== undefined) names.push(name.replace(/\\(.)/g, '$1'));
    else if (colon) elements.push({ start: numberOrNone(first), end: numberOrNone(last) });
    else if (first !== undefined && last === undefined) elements.push(Number(first));
    else return undefined;
    if (end === ']') break;
  }
  const kinds = [every, names.length > 0, elements.length > 0].filter(Boolean).length;
  if (kinds !== 1) return undefined;
  const step = every ? { every: true as const } : names.length > 0 ? { names } : { elements };
  return { step, end: BRACKET.lastIndex };
}

const numberOrNone = (text: string | undefined) =>
  text === undefined || text === '' ? undefined : Number(text);

/** Whether the path can be applied to a row of CSV: nothing but positions, and those at the top. */
export const selectsColumns = (path: JsonPath): boolean =>
  path.length === 0 || (path.length === 1 && path[0] !== undefined && 'elements' in path[0]);

/** @throws when the value has no such part. */
export function select(path: JsonPath, value: unknown): unknown {
  let selected = value;
  for (const step of path) selected = selectStep(step, selected);
  return selected;
}

function selectStep(step: Step, value: unknown): unknown {
  if ('every' in step) {
    if (typeof value !== 'object' || value === null)
      throw new Error('* was asked of a value that has no parts');
    return Object.values(value);
  }
  if ('names' in step) {
    const parts = step.names.map((name): [string, unknown] => [name, partNamed(value, name)]);
    return parts.length === 1 ? parts[0]?.[1] : Object.fromEntries(parts);
  }
  if (!Array.isArray(value)) throw new Error('a position was asked of a value that is not a list');
  const [only] = step.elements;
  if (step.elements.length === 1 && typeof only === 'number') return elementAt(value, only);
  return step.elements.flatMap((element) =>
    typeof element === 'number' ? [elementAt(value, element)] : value.slice(element.start, element.end),
  );
}

function partNamed(value: unknown, name: string): unknown {
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, name)) {
    return (value as Record<string, unknown>)[name];
  }
  throw new Error(`there is no "${name}"`);
}

function elementAt(list: unknown[], position: number): unknown {
  const index = position < 0 ? list.length + position : position;
  if (index < 0 || index >= list.length)
    throw new Error(`position ${position} is outside of ${list.length} columns`);
  return list[index];
}
