import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ApiEnv } from './caller.ts';

/** The description of the API, made from the schemas that its requests and answers go through. Needs no key. */
export function addOpenApi(app: OpenAPIHono<ApiEnv>): void {
  const { openAPIRegistry: registry } = app;
  registry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  registry.registerComponent('securitySchemes', 'apiKey', {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-Key',
  });
  let text: string | undefined;
  app.get('/openapi.json', (c) => {
    text ??= JSON.stringify(
      app.getOpenAPI31Document({
        openapi: '3.1.0',
        info: {
          title: 'Penumbra',
          version: '1',
          description:
            'Shadow deployments and their rollout: what production applications read, the evidence behind it, and the commands of people.',
          license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
        },
        servers: [{ url: '/' }],
        security: [{ bearer: [] }, { apiKey: [] }],
      }),
    );
    return c.body(text, 200, { 'Content-Type': 'application/json', 'Cache-Control': 'public, max-age=300' });
  });
}
