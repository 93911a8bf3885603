import type { Functions } from './functions.ts';
import type { Settings } from './settings.ts';

/** The HTTP API: one function that only reads, one that keeps what applications report, one that takes commands. */
export function api({ apiRate, apiBurst, commands, logRetentionDays }: Settings, functions: Functions) {
  const http = new sst.aws.ApiGatewayV2('Api', {
    cors: false,
    accessLog: { retention: logRetentionDays === 365 ? '1 year' : '1 month' },
    transform: {
      stage: { defaultRouteSettings: { throttlingRateLimit: apiRate, throttlingBurstLimit: apiBurst } },
    },
  });
  http.route('$default', functions.read.arn);
  http.route('POST /v1/exposures', functions.feedback.arn);
  http.route(
    'POST /v1/deployments/{proxy+}',
    functions.command.arn,
    commands === 'iam' ? { auth: { iam: true } } : {},
  );
  return http;
}
