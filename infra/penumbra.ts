import { QUEUE_NAMES } from '@penumbra/core/pipeline/messages';
import { queueVariable } from '@penumbra/functions/queue-variable';
import { api } from './api.ts';
import { announcements } from './bus.ts';
import { rules } from './event-rules.ts';
import { functions } from './functions.ts';
import { FUNCTION_NAMES, type FunctionName } from './grants.ts';
import { mappings } from './mappings.ts';
import { metricsNamespaceOf, prefixOf } from './names.ts';
import { operatorPolicy } from './operators.ts';
import { page } from './page.ts';
import type { Places } from './places.ts';
import { deadLetterQueue, queuePolicies, queues } from './queues.ts';
import { schedules } from './schedules.ts';
import { settingsOf } from './settings.ts';
import { storage } from './storage.ts';
import { transformRole } from './transform-role.ts';
import { watching } from './watching.ts';

/** Seconds between two looks at a transform that runs. */
const WATCH_DELAY_SECONDS = 300;

/** The whole stage, put together. What it answers, `sst deploy` prints and `sst shell` tells. */
export function penumbra() {
  const settings = settingsOf($app.stage);
  const prefix = prefixOf($app.stage);
  const { table, bucket } = storage(settings);
  const pipelineQueues = queues(prefix, settings);
  const { bus, topic } = announcements(prefix, settings);
  const places: Places = {
    table: table.arn,
    bucket: bucket.arn,
    queues: Object.fromEntries(QUEUE_NAMES.map((name) => [name, pipelineQueues[name].queue.arn])),
    bus: bus.arn,
    jobNamePrefix: prefix,
  };
  const role = transformRole(settings, places);
  operatorPolicy({ ...places, transformRole: role.arn });

  const stores = {
    TABLE_NAME: table.name,
    BUCKET_NAME: bucket.name,
    BUS_NAME: bus.name,
    POWERTOOLS_METRICS_NAMESPACE: metricsNamespaceOf(prefix),
  };
  const pipeline = {
    ...stores,
    JOB_NAME_PREFIX: prefix,
    WATCH_DELAY_SECONDS: String(WATCH_DELAY_SECONDS),
    ...Object.fromEntries(QUEUE_NAMES.map((name) => [queueVariable(name), pipelineQueues[name].queue.url])),
  };
  const keys = new sst.Secret('ApiKeys', '[]');
  const http = { ...stores, API_KEYS: keys.value };
  const environments: Partial<Record<FunctionName, Record<string, $util.Input<string>>>> = {
    read: http,
    feedback: http,
    command: { ...http, API_IDENTITY: settings.commands === 'iam' ? 'iam' : 'none' },
  };
  const all = functions(
    settings,
    places,
    Object.fromEntries(FUNCTION_NAMES.map((name) => [name, environments[name] ?? pipeline])) as Record<
      FunctionName,
      Record<string, $util.Input<string>>
    >,
  );
  mappings(settings, pipelineQueues, all);
  queuePolicies(pipelineQueues, rules(bucket.name, prefix, pipelineQueues));
  schedules(all, deadLetterQueue(prefix, 'schedules'));
  const gateway = api(settings, all);
  const router = page(gateway);
  watching(prefix, settings);

  // Tells the command line where everything is: it grants nothing to nobody.
  const told = {
    table: table.name,
    bucket: bucket.name,
    jobNamePrefix: prefix,
    transformRole: role.arn,
    queueUrls: Object.fromEntries(QUEUE_NAMES.map((name) => [name, pipelineQueues[name].queue.url])),
  };
  new sst.Linkable('Penumbra', { properties: told });
  return {
    page: router.url,
    api: gateway.url,
    bucket: bucket.name,
    transformRole: role.arn,
    notices: topic.arn,
  };
}
