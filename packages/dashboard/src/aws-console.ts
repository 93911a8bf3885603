import type { Resources } from './api.ts';

/** Regions of these partitions have consoles at other addresses. */
const OTHER_PARTITION = /^(cn|us-gov|us-iso[a-z]*|eu-isoe|eusc)-/;

/** The console of a region of the partition `aws`; undefined for a region of another one. */
const consoleOf = (region: string): string | undefined =>
  /^[a-z]{2,}(-[a-z]+)+-\d+$/.test(region) && !OTHER_PARTITION.test(region)
    ? `https://${region}.console.aws.amazon.com`
    : undefined;

const pageIn = (region: string, path: string): string | undefined => {
  const origin = consoleOf(region);
  return origin === undefined ? undefined : `${origin}${path}`;
};

/** The page of a SageMaker transform job in the AWS console. */
export const transformJobPage = ({ region }: Resources, jobName: string): string | undefined =>
  pageIn(region, `/sagemaker/home?region=${region}#/transform-jobs/${encodeURIComponent(jobName)}`);

/** The page of an object of the bucket; of a folder, where the key ends with a slash. */
export function objectPage({ region, bucket }: Resources, key: string): string | undefined {
  const query = `region=${region}&prefix=${encodeURIComponent(key)}`;
  const kind = key.endsWith('/') ? 'buckets' : 'object';
  return pageIn(region, `/s3/${kind}/${encodeURIComponent(bucket)}?${query}`);
}

/** Why there is no page in the AWS console to lead to; undefined where there is one. */
export function noConsole(resources: Resources | undefined): string | undefined {
  if (!resources) return 'Not on AWS: a trial keeps its jobs and files on its own machine';
  if (consoleOf(resources.region) === undefined)
    return `Look for it in the console of ${resources.region}, which is not in the partition aws`;
  return undefined;
}
