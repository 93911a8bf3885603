import type { Server } from 'node:http';
import { transformJobArn } from './aws-names.ts';
import { createJsonService } from './json-service.ts';
import type { ModelApi } from './model-api.ts';
import { describeTransformJob } from './transform-job.ts';
import { listTransformJobs } from './transform-job-list.ts';
import type { TransformJobs } from './transform-jobs.ts';

/** SageMaker's API over HTTP. */
export const createSageMakerServer = (jobs: TransformJobs, models: ModelApi): Server =>
  createJsonService('SageMaker', {
    CreateTransformJob: (input) => ({
      TransformJobArn: transformJobArn(jobs.create(input).request.TransformJobName),
    }),
    DescribeTransformJob: (input) => describeTransformJob(jobs.find(input.TransformJobName), 'seconds'),
    ListTransformJobs: (input) => listTransformJobs(jobs.all(), input),
    StopTransformJob: (input) => {
      jobs.stop(input.TransformJobName);
      return {};
    },
    CreateModel: (input) => models.create(input),
    DescribeModel: (input) => models.describe(input),
    DeleteModel: (input) => models.remove(input),
  });
