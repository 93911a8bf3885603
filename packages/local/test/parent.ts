// A program that starts a local AWS with a model and says where it is, for a test that kills it.
import { fileURLToPath } from 'node:url';
import { startLocalAws } from '../src/local-aws.ts';
import { optionsForTests } from './options-for-tests.ts';

const cwd = fileURLToPath(new URL('.', import.meta.url));
const models = { program: { command: [process.execPath, 'model.mjs'], cwd } };
const aws = await startLocalAws(optionsForTests(process.argv[2] ?? '', { models }));
process.stdout.write(JSON.stringify({ env: aws.env, pid: aws.pid }));
