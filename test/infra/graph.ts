/** A resource as the program registered it. */
export interface Resource {
  readonly urn: string;
  readonly type: string;
  /** Pulumi's name of it; the physical one is in `outputs`. */
  readonly name: string;
  readonly id?: string;
  readonly parent?: string;
  readonly dependencies: readonly string[];
  readonly inputs: Values;
  readonly outputs: Values;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: every type has its own fields; a rule says what it expects.
export type Values = Readonly<Record<string, any>>;

/** All resources of a stage. */
export interface Graph {
  readonly stage: string;
  readonly resources: readonly Resource[];
}

/** Resources of a type of the AWS provider, such as `sqs/queue:Queue`. */
export const ofType = ({ resources }: Graph, type: string): Resource[] =>
  resources.filter((resource) => resource.type === `aws:${type}`);

export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly principal: unknown;
  /** Operator, key, values. */
  readonly conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** The statements of a policy document, given as JSON or as an object, with every list a list. */
export function statementsOf(document: unknown): Statement[] {
  const { Statement: statements } = (
    typeof document === 'string' ? JSON.parse(document) : document
  ) as Values;
  return listOf(statements).map((statement: Values) => ({
    effect: statement.Effect,
    actions: listOf(statement.Action),
    resources: listOf(statement.Resource ?? []),
    principal: statement.Principal,
    conditions: Object.fromEntries(
      Object.entries(statement.Condition ?? {}).map(([operator, keys]) => [
        operator,
        Object.fromEntries(
          Object.entries(keys as Values).map(([key, values]) => [key, listOf(values).map(String)]),
        ),
      ]),
    ),
  }));
}

/** Every statement of a role, whichever way it got there. */
export const statementsOfRole = ({ inputs }: Resource): Statement[] =>
  (inputs.inlinePolicies ?? []).flatMap(({ policy }: Values) => statementsOf(policy));

// biome-ignore lint/suspicious/noExplicitAny: what a document holds.
const listOf = (value: any): any[] => (Array.isArray(value) ? value : [value]);
