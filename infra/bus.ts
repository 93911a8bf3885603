import { ruleNameOf, workgroupOf } from './names.ts';
import { assumableBy } from './policy.ts';
import type { Settings } from './settings.ts';

/** The bus on which a stage tells what happened, and the topic through which people hear of what needs them. */
export function announcements(prefix: string, { subscribers }: Settings) {
  const bus = new sst.aws.Bus('Announcements');
  const topic = new sst.aws.SnsTopic('Notices');
  subscribers.forEach((subscriber, index) => {
    new aws.sns.TopicSubscription(`Notices${index}`, {
      topic: topic.arn,
      ...('email' in subscriber
        ? { protocol: 'email', endpoint: subscriber.email }
        : { protocol: 'https', endpoint: subscriber.https, endpointAutoConfirms: true }),
    });
  });

  // CloudWatch, SageMaker and Athena tell of alarms, transforms and queries on the account's own bus; this stage's go on from there.
  const forward = new aws.iam.Role('ForwardRole', {
    assumeRolePolicy: assumableBy('events.amazonaws.com'),
    inlinePolicies: [
      {
        name: 'own',
        policy: $jsonStringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: ['events:PutEvents'], Resource: [bus.arn] }],
        }),
      },
    ],
  });
  const alarms = new aws.cloudwatch.EventRule('AlarmRule', {
    name: ruleNameOf(prefix, 'alarm'),
    eventPattern: JSON.stringify({
      source: ['aws.cloudwatch'],
      'detail-type': ['CloudWatch Alarm State Change'],
      detail: { alarmName: [{ prefix: `${prefix}-` }], state: { value: ['ALARM', 'OK'] } },
    }),
  });
  new aws.cloudwatch.EventTarget('AlarmTarget', { rule: alarms.name, arn: bus.arn, roleArn: forward.arn });
  // Its metric is what the alarm on transforms looks at, too; so it is with queries.
  const failed = new aws.cloudwatch.EventRule('TransformFailedRule', {
    name: ruleNameOf(prefix, 'transform-failed'),
    eventPattern: JSON.stringify({
      source: ['aws.sagemaker'],
      'detail-type': ['SageMaker Transform Job State Change'],
      detail: { TransformJobName: [{ prefix: `${prefix}-` }], TransformJobStatus: ['Failed', 'Stopped'] },
    }),
  });
  new aws.cloudwatch.EventTarget('TransformFailedTarget', {
    rule: failed.name,
    arn: bus.arn,
    roleArn: forward.arn,
  });

  const queryFailed = new aws.cloudwatch.EventRule('QueryFailedRule', {
    name: ruleNameOf(prefix, 'query-failed'),
    eventPattern: JSON.stringify({
      source: ['aws.athena'],
      'detail-type': ['Athena Query State Change'],
      detail: { workgroupName: [workgroupOf(prefix)], currentState: ['FAILED', 'CANCELLED'] },
    }),
  });
  new aws.cloudwatch.EventTarget('QueryFailedTarget', {
    rule: queryFailed.name,
    arn: bus.arn,
    roleArn: forward.arn,
  });

  // A review comes every day and is for machines to hear; what people have to know goes to the topic.
  const notices = new aws.cloudwatch.EventRule('NoticeRule', {
    name: ruleNameOf(prefix, 'notice'),
    eventBusName: bus.name,
    eventPattern: JSON.stringify({ 'detail-type': ['RolledBack', 'CloudWatch Alarm State Change'] }),
  });
  new aws.cloudwatch.EventTarget('NoticeTarget', {
    rule: notices.name,
    eventBusName: bus.name,
    arn: topic.arn,
  });
  new aws.sns.TopicPolicy('NoticesPolicy', {
    arn: topic.arn,
    policy: $jsonStringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sns:Publish',
          Resource: topic.arn,
          Condition: { ArnEquals: { 'aws:SourceArn': notices.arn } },
        },
      ],
    }),
  });
  return { bus, topic };
}
