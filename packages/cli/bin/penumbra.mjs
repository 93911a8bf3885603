#!/usr/bin/env node
import { program } from '@penumbra/program';

const { run } = await import(await program(new URL('../src/main.ts', import.meta.url)));
process.exitCode = await run(process.argv);
