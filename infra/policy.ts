import type { Grant, Place } from './grants.ts';

type Text = $util.Output<string>;

interface Statement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly Text[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** A policy document that allows the grants, as JSON. */
export function policyOf(
  grants: readonly Grant[],
  arnOf: (place: Place) => Text,
  more: readonly Statement[] = [],
): Text {
  const statements = grants.map(
    ({ actions, on, when }): Statement => ({
      Effect: 'Allow',
      Action: actions,
      Resource: on.map(arnOf),
      ...(when ? { Condition: { [when.operator]: { [when.key]: when.values } } } : {}),
    }),
  );
  return $jsonStringify({ Version: '2012-10-17', Statement: [...statements, ...more] });
}

/** Who may take a role on. */
export const assumableBy = (service: string, condition?: object): Text =>
  $jsonStringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: service },
        Action: 'sts:AssumeRole',
        ...(condition ? { Condition: condition } : {}),
      },
    ],
  });
