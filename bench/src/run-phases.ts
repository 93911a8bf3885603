import { fileURLToPath } from 'node:url';
import { nativePhases, ourPhases } from './phases.ts';

/** Prints the phases of one program, in a process of its own. */
const [which = '', folder = ''] = process.argv.slice(2);
const phases =
  which === 'c'
    ? await nativePhases(folder, fileURLToPath(new URL('../native/phases.c', import.meta.url)))
    : await ourPhases(folder, which === 'plain' ? 'plain' : 'wasm');
process.stdout.write(`${JSON.stringify(phases ?? null)}\n`);
