import type { QueueName } from '@penumbra/core/pipeline/messages';
import { eventRules } from '@penumbra/functions/event-rules';
import { logicalName, ruleNameOf } from './names.ts';
import type { PipelineQueue } from './queues.ts';

export interface Rule {
  readonly target: QueueName;
  readonly arn: $util.Output<string>;
}

/** The rules of the pipeline on the account's own bus, where S3 and SageMaker tell what happened. */
export function rules(
  bucket: $util.Output<string>,
  jobNamePrefix: string,
  queues: Readonly<Record<QueueName, PipelineQueue>>,
): Rule[] {
  return eventRules('', jobNamePrefix).map(({ name, target }, index) => {
    const rule = new aws.cloudwatch.EventRule(`${logicalName(name)}Rule`, {
      name: ruleNameOf(jobNamePrefix, name),
      eventPattern: bucket.apply((known) => JSON.stringify(eventRules(known, jobNamePrefix)[index]?.pattern)),
    });
    new aws.cloudwatch.EventTarget(`${logicalName(name)}Target`, {
      rule: rule.name,
      arn: queues[target].queue.arn,
      retryPolicy: { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 },
    });
    return { target, arn: rule.arn };
  });
}
