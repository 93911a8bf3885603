#!/usr/bin/env node
// Stands where SST looks for the Pulumi engine. SST's own program runs as it would under the engine; what it registers
// is answered by the mocks of Pulumi's own SDK, and recorded instead of made.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const ENGINE_VERSION = 'v3.215.0';
const [command, subcommand, ...rest] = process.argv.slice(2);

// SST's program changes the directory while it runs.
const STACKS = resolve('.pulumi', 'stacks');

const checkpointOf = (stack) => {
  const [, project, stage] = stack.split('/');
  return join(STACKS, project, `${stage}.json`);
};

function writeCheckpoint(stack, resources) {
  const file = checkpointOf(stack);
  mkdirSync(dirname(file), { recursive: true });
  const manifest = { time: '2001-01-01T00:00:00Z', magic: '', version: ENGINE_VERSION };
  writeFileSync(file, JSON.stringify({ version: 3, checkpoint: { stack, latest: { manifest, resources } } }));
}

async function run(args) {
  const after = (flag) => args[args.indexOf(flag) + 1];
  const configuration = Object.fromEntries(
    args.flatMap((arg, index) => (args[index - 1] === '--config' ? [arg.split(/=(.*)/s).slice(0, 2)] : [])),
  );
  const program = /^main: (.*)$/m.exec(readFileSync('Pulumi.yaml', 'utf8'))[1];
  const stack = after('--stack');
  const { runProgram } = await import('./program.mjs');
  const { PENUMBRA_EMPTY_BUNDLES: emptyBundles } = process.env;
  if (emptyBundles) {
    const { startEmptyBundles } = await import('./empty-bundles.mjs');
    process.env.SST_SERVER = await startEmptyBundles(process.env.SST_SERVER, emptyBundles);
  }
  const { resources, error } = await runProgram({ program, stack, configuration });
  const events = resources.map((resource, sequence) => ({
    sequence,
    timestamp: 0,
    resOutputsEvent: {
      metadata: {
        op: 'create',
        urn: resource.urn,
        type: resource.type,
        new: { ...resource, parent: resource.parent ?? '' },
      },
    },
  }));
  const problem = error && {
    diagnosticEvent: { urn: '', prefix: 'error: ', message: error, color: 'never', severity: 'error' },
  };
  const summary = {
    summaryEvent: { maybeCorrupt: false, durationSeconds: 0, resourceChanges: { create: resources.length } },
  };
  const lines = [...events, ...(problem ? [problem] : []), summary].map((event) => JSON.stringify(event));
  writeFileSync(after('--event-log'), `${lines.join('\n')}\n`);
  writeCheckpoint(stack, resources);
  writeFileSync(process.env.PENUMBRA_GRAPH, JSON.stringify({ resources, error }));
  process.exit(error ? 1 : 0);
}

if (command === 'version') process.stdout.write(`${ENGINE_VERSION}\n`);
else if (command === 'stack' && subcommand === 'init') writeCheckpoint(rest[0], []);
else if (command === 'up' || command === 'preview') await run(process.argv.slice(3));
else {
  process.stderr.write(`this stand-in knows no ${process.argv.slice(2).join(' ')}\n`);
  process.exit(1);
}
