// What AWS would answer: the values that a resource gets when it is made, and the look-ups of the provider.

export const ACCOUNT = '123456789012';
export const REGION = 'us-east-1';

const arn = (service, rest, { region = REGION, account = ACCOUNT } = {}) =>
  `arn:aws:${service}:${region}:${account}:${rest}`;
const global = { region: '', account: ACCOUNT };
const nowhere = { region: '', account: '' };

const computed = {
  'aws:sqs/queue:Queue': (name) => ({
    name,
    arn: arn('sqs', name),
    url: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}`,
  }),
  'aws:s3/bucket:Bucket': (name) => ({
    bucket: name.toLowerCase(),
    arn: arn('s3', name.toLowerCase(), nowhere).replace('::::', ':::'),
    bucketRegionalDomainName: `${name.toLowerCase()}.s3.${REGION}.amazonaws.com`,
    bucketDomainName: `${name.toLowerCase()}.s3.amazonaws.com`,
  }),
  'aws:dynamodb/table:Table': (name) => ({ name, arn: arn('dynamodb', `table/${name}`) }),
  'aws:lambda/function:Function': (name) => ({
    name,
    arn: arn('lambda', `function:${name}`),
    qualifiedArn: arn('lambda', `function:${name}:1`),
    version: '1',
    invokeArn: `arn:aws:apigateway:${REGION}:lambda:path/2015-03-31/functions/${arn('lambda', `function:${name}`)}/invocations`,
    responseStreamingInvokeArn: `arn:aws:apigateway:${REGION}:lambda:path/2021-11-15/functions/${arn('lambda', `function:${name}`)}/response-streaming-invocations`,
  }),
  'aws:athena/workgroup:Workgroup': (name) => ({ name, arn: arn('athena', `workgroup/${name}`) }),
  'aws:glue/catalogDatabase:CatalogDatabase': (name) => ({ name, arn: arn('glue', `database/${name}`) }),
  'aws:iam/role:Role': (name) => ({ name, arn: arn('iam', `role/${name}`, global) }),
  'aws:iam/policy:Policy': (name) => ({ name, arn: arn('iam', `policy/${name}`, global) }),
  'aws:sns/topic:Topic': (name) => ({ name, arn: arn('sns', name) }),
  'aws:cloudwatch/eventBus:EventBus': (name) => ({ name, arn: arn('events', `event-bus/${name}`) }),
  'aws:cloudwatch/eventRule:EventRule': (name, { eventBusName }) => ({
    name,
    arn: arn('events', eventBusName ? `rule/${eventBusName}/${name}` : `rule/${name}`),
  }),
  'aws:cloudwatch/logGroup:LogGroup': (name) => ({ name, arn: arn('logs', `log-group:${name}`) }),
  'aws:cloudwatch/metricAlarm:MetricAlarm': (name) => ({ name, arn: arn('cloudwatch', `alarm:${name}`) }),
  'aws:apigatewayv2/api:Api': (name) => ({
    name,
    apiEndpoint: `https://${name.toLowerCase()}.execute-api.${REGION}.amazonaws.com`,
    executionArn: arn('execute-api', name.toLowerCase()),
  }),
  'aws:cloudfront/distribution:Distribution': (name) => ({
    arn: arn('cloudfront', `distribution/${name}`, global),
    domainName: `${name.toLowerCase()}.cloudfront.net`,
    hostedZoneId: 'Z2FDTNDATAQYW2',
  }),
  'aws:cloudfront/keyValueStore:KeyValueStore': (name) => ({
    arn: arn('cloudfront', `key-value-store/${name}`, global),
  }),
  'aws:cloudfront/function:Function': (name) => ({ arn: arn('cloudfront', `function/${name}`, global) }),
  'random:index/randomBytes:RandomBytes': (name, { length = 32 }) => {
    const bytes = Buffer.alloc(Number(length), name);
    return { base64: bytes.toString('base64'), hex: bytes.toString('hex') };
  },
};

/** Fields that hold the physical name, by type; the logical one stands in where none is given. */
const nameOf = (name, inputs) => inputs.name ?? inputs.bucket ?? inputs.dashboardName ?? name;

/** The state of a resource that has been made. */
export function stateOf(type, name, inputs) {
  const physical = type === 'aws:s3/bucket:Bucket' ? (inputs.bucket ?? name) : nameOf(name, inputs);
  const made = computed[type]?.(String(physical), inputs) ?? {};
  return { ...made, ...inputs, ...(type.startsWith('aws:s3/bucket:') ? { bucket: made.bucket } : {}) };
}

/** A look-up of the provider. */
export function answerCall(token, inputs) {
  switch (token) {
    case 'aws:index/getRegion:getRegion':
      return { region: REGION, name: REGION, id: REGION, endpoint: '', description: '' };
    case 'aws:index/getCallerIdentity:getCallerIdentity':
      return { accountId: ACCOUNT, arn: arn('iam', 'user/ada', global), id: ACCOUNT, userId: 'ada' };
    case 'aws:index/getPartition:getPartition':
      return { partition: 'aws', dnsSuffix: 'amazonaws.com', id: 'aws', reverseDnsPrefix: 'com.amazonaws' };
    case 'aws:iam/getPolicyDocument:getPolicyDocument':
      return { ...inputs, json: documentOf(inputs), minifiedJson: documentOf(inputs), id: 'document' };
    default:
      return inputs;
  }
}

const one = (list) => (list?.length === 1 ? list[0] : list);

/** As the provider writes a policy document. */
function documentOf({ statements = [] }) {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map(
      ({ sid, effect = 'Allow', actions, resources, principals, conditions = [] }) => ({
        ...(sid ? { Sid: sid } : {}),
        Effect: effect,
        Action: one(actions),
        ...(resources ? { Resource: one(resources) } : {}),
        ...(principals ? { Principal: principalsOf(principals) } : {}),
        ...(conditions.length > 0 ? { Condition: conditionsOf(conditions) } : {}),
      }),
    ),
  });
}

const principalsOf = (principals) =>
  principals.some(({ type }) => type === '*')
    ? '*'
    : Object.fromEntries(principals.map(({ type, identifiers }) => [type, one(identifiers)]));

function conditionsOf(conditions) {
  const document = {};
  for (const { test, variable, values } of conditions) {
    document[test] = { ...document[test], [variable]: one(values) };
  }
  return document;
}
