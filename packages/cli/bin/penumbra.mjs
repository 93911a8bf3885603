#!/usr/bin/env node
import { register } from 'tsx/esm/api';

// Packages export their TypeScript source; nothing is built for development.
register();
const { run } = await import('../src/main.ts');
process.exitCode = await run(process.argv);
