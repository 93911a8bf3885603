// Runs SST's program on the mocks of @pulumi/pulumi, the copy that the program itself uses.
import { execSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { answerCall, stateOf } from './answers.mjs';

const COMMAND = 'command:local:Command';

/** Registers everything that the program does: `{resources, error}`, in the order of registration. */
export async function runProgram({ program, stack, configuration }) {
  const require = createRequire(program);
  const { runtime } = require('@pulumi/pulumi');
  const [, project, stage] = stack.split('/');
  const resources = [];

  runtime.setAllConfig({ ...configuration });
  runtime.setMocks(
    {
      newResource({ type, name, inputs, id }) {
        // The one resource whose making is its point: the page is built on this machine.
        if (type === COMMAND && !process.env.PENUMBRA_EMPTY_BUNDLES)
          execSync(inputs.create, { cwd: inputs.dir, stdio: ['ignore', 'ignore', 'inherit'] });
        return { id: id || `${name}-id`, state: stateOf(type, name, inputs) };
      },
      call: ({ token, inputs }) => answerCall(token, inputs),
    },
    project,
    stage,
    false,
  );
  record(runtime.getMonitor(), resources);

  let error;
  const fail = (thrown) => {
    error ??= thrown?.stack ?? String(thrown);
  };
  process.on('unhandledRejection', fail);
  process.on('uncaughtException', fail);
  try {
    await runtime.runInPulumiStack(async () => {
      const { default: outputs } = await import(pathToFileURL(program).href);
      return outputs;
    });
    await runtime.disconnect?.();
  } catch (thrown) {
    fail(thrown);
  }
  return { resources, error };
}

/** The mocks are not told of parents, dependencies and options: they are in the requests to the monitor. */
function record(monitor, resources) {
  const register = monitor.registerResource.bind(monitor);
  const registerOutputs = monitor.registerResourceOutputs?.bind(monitor);
  const byUrn = new Map();
  monitor.registerResource = (request, callback) =>
    register(request, (error, response) => {
      if (!error) {
        const resource = {
          urn: response.getUrn(),
          type: request.getType(),
          name: request.getName(),
          custom: request.getCustom(),
          // Components have none.
          id: request.getCustom() ? response.getId() : undefined,
          parent: request.getParent() || undefined,
          dependencies: request.getDependenciesList(),
          inputs: plain(request.getObject()?.toJavaScript() ?? {}),
          outputs: plain(response.getObject()?.toJavaScript() ?? {}),
          protect: request.getProtect(),
          retainOnDelete: request.getRetainondelete?.(),
        };
        resources.push(resource);
        byUrn.set(resource.urn, resource);
      }
      callback(error, response);
    });
  if (!registerOutputs) return;
  monitor.registerResourceOutputs = (request, callback) => {
    const resource = byUrn.get(request.getUrn());
    if (resource) resource.outputs = plain(request.getOutputs()?.toJavaScript() ?? {});
    registerOutputs(request, callback);
  };
}

const SIGNATURE = '4dabf18193072939515e22adb298388d';
const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

/** Values as JSON has them: secrets told, outputs unwrapped, archives by their path. */
function plain(value) {
  if (value === UNKNOWN) return undefined;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  if (SIGNATURE in value)
    return 'value' in value ? plain(value.value) : { asset: value.path ?? value.text ?? null };
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
