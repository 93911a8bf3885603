import { type Graph, ofType } from '../graph.ts';
import { functions, shortName } from './functions.ts';
import { isProduction, type Rule, unless } from './rule.ts';

const COMMANDS = 'POST /v1/deployments/{proxy+}';
const REPORTS = 'POST /v1/exposures';
/** Seconds; a limit of HTTP APIs. */
const GATEWAY_WAITS = 30;

/** The function behind each route. */
function behind(graph: Graph, routeKey: string): string | undefined {
  const route = ofType(graph, 'apigatewayv2/route:Route').find(({ inputs }) => inputs.routeKey === routeKey);
  const integration = ofType(graph, 'apigatewayv2/integration:Integration').find(
    ({ id }) => route?.inputs.target === `integrations/${id}`,
  );
  const fn = functions(graph).find(({ outputs }) => outputs.arn === integration?.inputs.integrationUri);
  return fn && shortName(graph, fn);
}

export const API_RULES: readonly Rule[] = [
  {
    name: 'commands reach the function that may command, everything else the one that reads',
    check: (graph) => [
      ...unless(behind(graph, REPORTS) === 'feedback', `reports are taken by ${behind(graph, REPORTS)}`),
      ...unless(behind(graph, '$default') === 'read', `reads are answered by ${behind(graph, '$default')}`),
      ...unless(behind(graph, COMMANDS) === 'command', `commands are answered by ${behind(graph, COMMANDS)}`),
    ],
  },
  {
    name: 'commands need an identity in production, and the function trusts one only where it was checked',
    check: (graph) => {
      const route = ofType(graph, 'apigatewayv2/route:Route').find(
        ({ inputs }) => inputs.routeKey === COMMANDS,
      );
      const checked = route?.inputs.authorizationType === 'AWS_IAM';
      return [
        ...unless(checked || !isProduction(graph), 'anybody may try a command key in production'),
        ...functions(graph).flatMap((each) => {
          const trusts = each.inputs.environment?.variables?.API_IDENTITY === 'iam';
          const name = shortName(graph, each);
          return unless(
            !trusts || (checked && name === 'command'),
            `${name} trusts identities that nobody checked`,
          );
        }),
      ];
    },
  },
  {
    name: 'functions answer before the gateway gives them up',
    check: (graph) =>
      functions(graph)
        .filter((each) => ['read', 'feedback', 'command'].includes(shortName(graph, each)))
        .flatMap(({ name, inputs: { timeout } }) =>
          unless(
            timeout < GATEWAY_WAITS,
            `${name} may take ${timeout} s, the gateway waits ${GATEWAY_WAITS} s`,
          ),
        ),
  },
  {
    name: 'all callers together are throttled, and the gateway answers no other page',
    check: (graph) => [
      ...ofType(graph, 'apigatewayv2/stage:Stage').flatMap(({ inputs: { defaultRouteSettings } }) =>
        unless(
          defaultRouteSettings?.throttlingRateLimit > 0 && defaultRouteSettings?.throttlingBurstLimit > 0,
          'nothing limits how often the API is asked',
        ),
      ),
      ...ofType(graph, 'apigatewayv2/api:Api').flatMap(({ inputs: { corsConfiguration } }) =>
        unless(
          !corsConfiguration?.allowOrigins,
          `pages of ${corsConfiguration?.allowOrigins} may read the API`,
        ),
      ),
    ],
  },
  {
    name: 'the page and the API have one origin, over TLS',
    check: (graph) => {
      const [distribution, ...others] = ofType(graph, 'cloudfront/distribution:Distribution');
      const routes = graph.resources
        .filter(({ type, inputs }) => type === 'pulumi-nodejs:dynamic:Resource' && inputs.key === 'routes')
        .map(({ inputs }) => String(inputs.entry));
      return [
        ...unless(distribution !== undefined && others.length === 0, 'there is not exactly one origin'),
        ...unless(
          distribution?.inputs.defaultCacheBehavior?.viewerProtocolPolicy === 'redirect-to-https',
          'the page is served without TLS',
        ),
        ...['/v1', '/ofrep', '/openapi.json'].flatMap((path) =>
          unless(
            routes.some((entry) => entry.startsWith('url,') && entry.endsWith(`,${path}`)),
            `${path} is not at the page's origin`,
          ),
        ),
        ...unless(
          routes.some((entry) => entry.startsWith('site,')),
          'there is no page',
        ),
      ];
    },
  },
];
