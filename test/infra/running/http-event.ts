/** What API Gateway hands to a function: payload format 2.0 of an HTTP API. */
export function httpEvent(
  method: string,
  path: string,
  {
    key,
    body,
    userArn,
    headers = {},
  }: {
    readonly key?: string;
    readonly body?: unknown;
    readonly userArn?: string;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): object {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path.split('?')[0],
    rawQueryString: path.split('?')[1] ?? '',
    headers: {
      host: 'api.example',
      ...headers,
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(text === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
    },
    requestContext: {
      accountId: '123456789012',
      apiId: 'api',
      domainName: 'api.example',
      domainPrefix: 'api',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      requestId: 'request',
      routeKey: '$default',
      stage: '$default',
      time: '01/Jan/2001:00:00:00 +0000',
      timeEpoch: 978307200000,
      ...(userArn === undefined ? {} : { authorizer: { iam: { userArn } } }),
    },
    isBase64Encoded: false,
    ...(text === undefined ? {} : { body: text }),
  };
}

export interface HttpAnswer {
  readonly statusCode: number;
  readonly body: string;
}
