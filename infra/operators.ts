import { OPERATOR_GRANTS } from './grants.ts';
import { arnOf, type Places } from './places.ts';
import { policyOf } from './policy.ts';

/** For the people who register deployments and steer them: attach it to their role. */
export const operatorPolicy = (places: Places) =>
  new aws.iam.Policy('DeploymentOperator', {
    description: 'Register, revise and steer deployments of Penumbra, and create their SageMaker models.',
    policy: policyOf(OPERATOR_GRANTS, arnOf(places)),
  });
