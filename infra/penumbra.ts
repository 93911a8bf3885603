import { QUEUE_NAMES } from '@penumbra/core/pipeline/messages';
import { api } from './api.ts';
import { athena } from './athena.ts';
import { announcements } from './bus.ts';
import { environments } from './environments.ts';
import { rules } from './event-rules.ts';
import { functions } from './functions.ts';
import { mappings } from './mappings.ts';
import { databaseOf, prefixOf, workgroupOf } from './names.ts';
import { notify } from './notify.ts';
import { operatorPolicy } from './operators.ts';
import { page } from './page.ts';
import type { Places } from './places.ts';
import { deadLetterQueue, queuePolicies, queues } from './queues.ts';
import { schedules } from './schedules.ts';
import { settingsOf } from './settings.ts';
import { storage } from './storage.ts';
import { transformRole } from './transform-role.ts';
import { watching } from './watching.ts';

/** The whole stage, put together. What it answers, `sst deploy` prints and `sst shell` tells. */
export function penumbra() {
  const settings = settingsOf($app.stage);
  const prefix = prefixOf($app.stage);
  const { table, bucket } = storage(settings);
  const { results } = athena(prefix, settings);
  const pipelineQueues = queues(prefix, settings);
  const { bus, topic } = announcements(prefix, settings);
  const places: Places = {
    table: table.arn,
    bucket: bucket.arn,
    results: results.arn,
    queues: Object.fromEntries(QUEUE_NAMES.map((name) => [name, pipelineQueues[name].queue.arn])),
    bus: bus.arn,
    jobNamePrefix: prefix,
  };
  const role = transformRole(settings, places);
  const operators = operatorPolicy({ ...places, transformRole: role.arn });

  const all = functions(
    settings,
    places,
    environments(prefix, settings, { table, bucket, bus, results, queues: pipelineQueues }),
  );
  mappings(settings, pipelineQueues, all);
  queuePolicies(pipelineQueues, rules(bucket.name, prefix, pipelineQueues));
  schedules(all, deadLetterQueue(prefix, 'schedules'));
  const gateway = api(settings, all);
  const router = page(gateway);
  notify(settings, places, bus);
  watching(prefix, settings);

  // Tells the command line where everything is: it grants nothing to nobody.
  const told = {
    table: table.name,
    bucket: bucket.name,
    athena: {
      workgroup: workgroupOf(prefix),
      database: databaseOf(prefix),
      resultsBucket: results.name,
      usdPerTb: settings.usdPerTbScanned,
    },
    bus: bus.name,
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
    operatorPolicy: operators.arn,
    bus: bus.name,
    notices: topic.arn,
  };
}
