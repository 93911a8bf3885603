import {
  type Graph,
  ofType,
  type Resource,
  type Statement,
  statementsOf,
  statementsOfRole,
} from '../graph.ts';
import { functions, shortName } from './functions.ts';
import { type Rule, unless } from './rule.ts';

const roles = (graph: Graph) => ofType(graph, 'iam/role:Role');
const policies = (graph: Graph) => ofType(graph, 'iam/policy:Policy');
export const roleOf = (graph: Graph, { inputs }: Resource): Resource | undefined =>
  roles(graph).find(({ outputs }) => outputs.arn === inputs.role);

/** All statements that anybody gets, with whose they are. */
const granted = (graph: Graph): { readonly of: string; readonly statement: Statement }[] => [
  ...roles(graph).flatMap((role) =>
    statementsOfRole(role).map((statement) => ({ of: role.name, statement })),
  ),
  ...policies(graph).flatMap(({ name, inputs }) =>
    statementsOf(inputs.policy).map((statement) => ({ of: name, statement })),
  ),
  ...ofType(graph, 'iam/rolePolicy:RolePolicy').flatMap(({ name, inputs }) =>
    statementsOf(inputs.policy).map((statement) => ({ of: name, statement })),
  ),
];

/** Actions for which AWS knows no resource. */
const RESOURCELESS = ['ecr:GetAuthorizationToken'];

/** What writes to the log, the documents, the queues or the data. */
const WRITING = /:(Put|Update|Delete|Batch(Write)|Send|Create|Tag|Add)/;

export const PERMISSION_RULES: readonly Rule[] = [
  {
    name: 'every function has a role of its own',
    check: (graph) => {
      const seen = new Set<string>();
      return functions(graph).flatMap((each) => {
        const role = roleOf(graph, each);
        if (!role) return [`${each.name} has a role from elsewhere`];
        const own = !seen.has(role.name);
        seen.add(role.name);
        return unless(own, `${each.name} shares ${role.name}`);
      });
    },
  },
  {
    name: 'no action is a wildcard',
    check: (graph) =>
      granted(graph).flatMap(({ of, statement }) =>
        statement.actions.filter((action) => action.includes('*')).map((action) => `${of} may do ${action}`),
      ),
  },
  {
    name: 'no resource is everything',
    check: (graph) =>
      granted(graph)
        .filter(({ statement }) => !statement.actions.every((action) => RESOURCELESS.includes(action)))
        .flatMap(({ of, statement }) =>
          statement.resources
            // A resource that is everything of a service names neither a table, nor a bucket, nor a prefix.
            .filter((resource) => resource === '*' || /^arn:aws:[^:]*:[^:]*:[^:]*:\*$/.test(resource))
            .map((resource) => `${of} may do ${statement.actions.join(', ')} on ${resource}`),
        ),
  },
  {
    name: 'no managed policy brings more than is said here',
    check: (graph) => [
      ...roles(graph).flatMap(({ name, inputs }) =>
        unless((inputs.managedPolicyArns ?? []).length === 0, `${name} has ${inputs.managedPolicyArns}`),
      ),
      ...ofType(graph, 'iam/rolePolicyAttachment:RolePolicyAttachment').map(
        ({ inputs }) => `${inputs.role} has ${inputs.policyArn}`,
      ),
    ],
  },
  {
    name: 'transforms are created under names of this stage only, by submit only',
    check: (graph) => {
      const jobs = `:transform-job/penumbra-${graph.stage}-*`;
      return granted(graph)
        .filter(({ statement }) => statement.actions.includes('sagemaker:CreateTransformJob'))
        .flatMap(({ of, statement }) => [
          ...unless(of === 'SubmitRole', `${of} may create transforms`),
          ...statement.resources.flatMap((resource) =>
            unless(resource.endsWith(jobs), `${of} may create transforms named ${resource}`),
          ),
        ]);
    },
  },
  {
    name: 'queries are asked in the workgroup of this stage only, over tables of its database, by evaluate only',
    check: (graph) => {
      const own = [
        `:workgroup/penumbra-${graph.stage}`,
        ':catalog',
        `:database/penumbra_${graph.stage}`,
        `:table/penumbra_${graph.stage}/*`,
      ];
      return granted(graph).flatMap(({ of, statement: { actions, resources } }) => {
        if (!actions.some((action) => /^(athena|glue):/.test(action))) return [];
        const asks = actions.some((action) => /^(athena:Start|glue:)/.test(action));
        return [
          ...unless(!asks || of === 'EvaluateRole', `${of} may do ${actions.join(', ')}`),
          ...resources.flatMap((resource) =>
            unless(
              own.some((end) => resource.endsWith(end)),
              `${of} may do ${actions.join(', ')} on ${resource}`,
            ),
          ),
        ];
      });
    },
  },
  {
    name: 'a role is passed to SageMaker only, and only the role of the transforms',
    check: (graph) => {
      const transformRole = roles(graph).find(({ name }) => name === 'TransformRole')?.outputs.arn;
      return granted(graph)
        .filter(({ statement }) => statement.actions.includes('iam:PassRole'))
        .flatMap(({ of, statement: { resources, conditions } }) => [
          ...unless(
            resources.length === 1 && resources[0] === transformRole,
            `${of} may pass ${resources.join(', ')}`,
          ),
          ...unless(
            conditions.StringEquals?.['iam:PassedToService']?.join() === 'sagemaker.amazonaws.com',
            `${of} may pass a role to any service`,
          ),
          ...unless(of === 'DeploymentOperator', `${of} may pass a role: no function needs to`),
        ]);
    },
  },
  {
    name: 'the consumer API reads only',
    check: (graph) =>
      functions(graph)
        .filter((each) => shortName(graph, each) === 'read')
        .flatMap((each) => {
          const role = roleOf(graph, each);
          return (role ? statementsOfRole(role) : [])
            .flatMap(({ actions }) => actions)
            .filter((action) => WRITING.test(action) && !action.startsWith('logs:'))
            .map((action) => `${each.name} may do ${action}`);
        }),
  },
  {
    name: 'roles are taken on by the services that they are for',
    check: (graph) =>
      roles(graph).flatMap(({ name, inputs }) =>
        statementsOf(inputs.assumeRolePolicy).flatMap(({ principal }) => {
          const services = [(principal as { Service?: unknown })?.Service].flat();
          return unless(
            services.length === 1 &&
              /^(lambda|scheduler|events|sagemaker)\.amazonaws\.com$/.test(String(services[0])),
            `${name} can be taken on by ${JSON.stringify(principal)}`,
          );
        }),
      ),
  },
];
