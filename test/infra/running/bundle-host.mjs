// A process in the place of Lambda: imports built bundles, each with the environment of its function, and runs them.
import { pathToFileURL } from 'node:url';

const handlers = new Map();

process.on('message', async ({ id, load, invoke }) => {
  try {
    if (load) {
      Object.assign(process.env, load.environment);
      const bundle = await import(pathToFileURL(load.path).href);
      if (typeof bundle[load.exported] !== 'function')
        throw new Error(`${load.path} exports no function ${load.exported}: ${Object.keys(bundle)}`);
      handlers.set(load.name, bundle[load.exported]);
      for (const variable of Object.keys(load.environment))
        if (!variable.startsWith('AWS_')) delete process.env[variable];
      process.send({ id, value: null });
    } else {
      const value = await handlers.get(invoke.name)(invoke.event, invoke.context);
      process.send({ id, value: value ?? null });
    }
  } catch (error) {
    process.send({ id, error: error?.stack ?? String(error) });
  }
});
process.on('disconnect', () => process.exit(0));
