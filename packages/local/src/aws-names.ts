/** The account and the region in which everything local lives; fauxqs has no other account. */
export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';

export const queueArn = (name: string) => `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;
export const modelArn = (name: string) =>
  `arn:aws:sagemaker:${REGION}:${ACCOUNT}:model/${name.toLowerCase()}`;
export const transformJobArn = (name: string) =>
  `arn:aws:sagemaker:${REGION}:${ACCOUNT}:transform-job/${name.toLowerCase()}`;
