/*
 * The child of `npm run bench:replay`: replays a deployment from DynamoDB, as `penumbra replay` does, in a process that
 * has no more memory than a Lambda function of the stated size. Prints what it took as JSON.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { rebuild } from '@penumbra/core/pipeline/rebuild';
import { documentClient, dynamoEventLog } from '@penumbra/functions/aws/dynamo-event-log';
import { dynamoProjections } from '@penumbra/functions/aws/dynamo-projections';
import { dynamoRolloutDocuments } from '@penumbra/functions/aws/dynamo-rollout-documents';

const [table = '', deployment = ''] = process.argv.slice(2);
const client = documentClient(new DynamoDBClient());
const begin = performance.now();
const { replayed, version } = await rebuild(
  {
    log: dynamoEventLog(client, table),
    documents: dynamoRolloutDocuments(client, table),
    projections: dynamoProjections(client, table),
  },
  deployment,
);
console.log(
  JSON.stringify({
    events: replayed.events,
    version,
    seconds: (performance.now() - begin) / 1000,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  }),
);
