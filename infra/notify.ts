import { ownFunction } from './functions.ts';
import { metricsNamespaceOf, ruleNameOf } from './names.ts';
import type { Places } from './places.ts';
import type { Settings } from './settings.ts';
import { NOTIFY_SHAPE } from './shape.ts';

/** What a chat is told of. */
const TOLD = ['RolledBack', 'DailyDigest', 'CloudWatch Alarm State Change'];

/** Tells a chat, or a program, by HTTP, where the settings want it. The function may do nothing on AWS. */
export function notify(settings: Settings, places: Places, bus: sst.aws.Bus): void {
  const { webhook } = settings;
  if (!webhook) return;
  const prefix = places.jobNamePrefix;
  const fn = ownFunction('notify', settings, places, NOTIFY_SHAPE, [], {
    WEBHOOK_URL: new sst.Secret('WebhookUrl').value,
    WEBHOOK_BODY: webhook.body,
    ...(webhook.signed ? { WEBHOOK_SECRET: new sst.Secret('WebhookSecret').value } : {}),
    POWERTOOLS_METRICS_NAMESPACE: metricsNamespaceOf(prefix),
  });
  const rule = new aws.cloudwatch.EventRule('WebhookRule', {
    name: ruleNameOf(prefix, 'webhook'),
    eventBusName: bus.name,
    eventPattern: JSON.stringify({ 'detail-type': TOLD }),
  });
  new aws.cloudwatch.EventTarget('WebhookTarget', { rule: rule.name, eventBusName: bus.name, arn: fn.arn });
  new aws.lambda.Permission('WebhookPermission', {
    action: 'lambda:InvokeFunction',
    function: fn.name,
    principal: 'events.amazonaws.com',
    sourceArn: rule.arn,
  });
}
