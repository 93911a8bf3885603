import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export const WEBHOOK_SECRET = `whsec_${Buffer.alloc(24, 'penumbra').toString('base64')}`;

/** What a personal stage leaves out, and what is put there instead. */
const FILLED: Readonly<Record<string, string>> = {
  'subscribers: [],':
    "subscribers: [{ email: 'ada@example.com' }, { https: 'https://events.example.com/key' }],",
  'webhook: null,': "webhook: { body: 'slack', signed: true },",
  'modelArtifacts: [],': "modelArtifacts: ['elsewhere/models'],",
  'modelRepositories: [],': "modelRepositories: ['arn:aws:ecr:us-east-1:123456789012:repository/models'],",
};

/** Names, in a copy of the configuration, everything that a stage may leave out. */
export async function fillInSettings(folder: string): Promise<void> {
  const file = join(folder, 'infra/settings.ts');
  let text = await readFile(file, 'utf8');
  for (const [empty, filled] of Object.entries(FILLED)) {
    if (!text.includes(empty)) throw new Error(`infra/settings.ts has no "${empty}"`);
    text = text.replace(empty, filled);
  }
  await writeFile(file, text);
}
