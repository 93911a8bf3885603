import type { Statement } from '../graph.ts';
import type { IamRequest } from './request.ts';

/** Whether IAM would let the request through: some statement allows it, and none denies it. */
export function isAllowed(statements: readonly Statement[], request: IamRequest): boolean {
  const applying = statements.filter((statement) => applies(statement, request));
  return (
    applying.some(({ effect }) => effect === 'Allow') && !applying.some(({ effect }) => effect === 'Deny')
  );
}

/** Whether a statement speaks of the request: one of its actions on one of its resources, under all its conditions. */
export function applies(
  { actions, resources, conditions }: Pick<Statement, 'actions' | 'resources' | 'conditions'>,
  { action, resource, context }: IamRequest,
): boolean {
  return (
    actions.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
    resources.some((pattern) => matches(pattern, resource)) &&
    Object.entries(conditions).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => meets(operator, context[key], values)),
    )
  );
}

function meets(operator: string, value: string | undefined, values: readonly string[]): boolean {
  if (value === undefined) return operator.endsWith('IfExists');
  switch (operator.replace(/IfExists$/, '')) {
    case 'StringEquals':
      return values.includes(value);
    case 'StringLike':
      return values.some((pattern) => matches(pattern, value));
    default:
      throw new Error(`teach the simulation the condition operator ${operator}`);
  }
}

/** IAM's wildcards: `*` is any text, `?` any character. */
function matches(pattern: string, text: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`, 's').test(text);
}
