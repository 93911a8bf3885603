import { TRANSFORM_GRANTS } from './grants.ts';
import { arn, arnOf, type Places } from './places.ts';
import { assumableBy, policyOf } from './policy.ts';
import type { Settings } from './settings.ts';

/** The role that SageMaker takes on for the models of this stage. */
export function transformRole({ modelArtifacts, modelRepositories }: Settings, places: Places) {
  const statement = (Action: string[], Resource: $util.Output<string>[]) => ({
    Effect: 'Allow' as const,
    Action,
    Resource,
  });
  const artifacts = modelArtifacts.map((location) => $interpolate`arn:aws:s3:::${location}/*`);
  const repositories = modelRepositories.map((repository) => $interpolate`${repository}`);
  const { accountId } = aws.getCallerIdentityOutput();
  return new aws.iam.Role('TransformRole', {
    assumeRolePolicy: accountId.apply((account) =>
      assumableBy('sagemaker.amazonaws.com', { StringEquals: { 'aws:SourceAccount': account } }),
    ),
    inlinePolicies: [
      {
        name: 'own',
        policy: policyOf(TRANSFORM_GRANTS, arnOf(places), [
          statement(
            ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
            [arn('logs', 'log-group:/aws/sagemaker/TransformJobs:*')],
          ),
          ...(artifacts.length > 0 ? [statement(['s3:GetObject'], artifacts)] : []),
          ...(repositories.length > 0
            ? [
                statement(
                  ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability'],
                  repositories,
                ),
                // The one action that knows no resource.
                statement(['ecr:GetAuthorizationToken'], [$util.output('*')]),
              ]
            : []),
        ]),
      },
    ],
  });
}
