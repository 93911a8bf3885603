/** The page: static files that talk to the API of their own origin. */
const PAGE: sst.aws.StaticSiteArgs = {
  path: 'packages/dashboard',
  build: { command: 'npm run build', output: 'dist' },
};
/** Only CloudFront reads its files. */
const ASSETS = { cors: false } as const;

/** Paths of the API; everything else is the page's. */
const API_PATHS = ['/v1', '/ofrep', '/openapi.json'];

/** One origin for page and API, so that the page needs no CORS. */
export function page(api: sst.aws.ApiGatewayV2): sst.aws.Router {
  const router = new sst.aws.Router('Router');
  for (const path of API_PATHS) router.route(path, api.url);
  new sst.aws.StaticSite('Page', {
    ...PAGE,
    router: { instance: router },
    transform: { assets: ASSETS },
  });
  return router;
}
