import { z } from 'zod';
import type { Environment } from './pipeline-composition.ts';
import { httpWebhook, type Webhook } from './webhook.ts';

const HERE = new Set(['127.0.0.1', 'localhost']);

const settingsSchema = z.object({
  WEBHOOK_URL: z.url({ protocol: /^https?$/ }).refine((url) => {
    const { protocol, hostname } = new URL(url);
    return protocol === 'https:' || HERE.has(hostname);
  }, 'use https'),
  WEBHOOK_SECRET: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/=]{32,}$/, 'give whsec_ and at least 24 random bytes in base64')
    .optional(),
  WEBHOOK_BODY: z.enum(['slack', 'event']).default('slack'),
});

/** The webhook that the environment names. Throws where a variable is missing or wrong, naming it and not its value. */
export function composeWebhook(environment: Environment): Webhook {
  const parsed = settingsSchema.safeParse(environment);
  if (!parsed.success)
    throw new Error(`the function's environment is incomplete:\n${z.prettifyError(parsed.error)}`);
  const { WEBHOOK_URL: url, WEBHOOK_SECRET: secret, WEBHOOK_BODY: body } = parsed.data;
  return httpWebhook({ url, secret, body });
}
