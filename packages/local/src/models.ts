import { awsError } from './aws-error.ts';
import { modelArn } from './aws-names.ts';
import { type ModelCommand, type ModelProcess, startModelProcess } from './model-process.ts';

/** A program to be started with SageMaker's container contract, or the URL of one that is running already. */
export type ModelSpec = ModelCommand | { url: string };

export type ModelLease = {
  url: string;
  /** Why the container is gone; undefined while it runs. */
  exitReason(): string | undefined;
  release(): void;
};

export type Models = {
  register(name: string, spec: ModelSpec): Promise<void>;
  has(name: string): boolean;
  remove(name: string): Promise<void>;
  /** The model's container, started now if need be. @throws when there is no such model or it does not start. */
  lease(name: string, environment: Record<string, string>): Promise<ModelLease>;
  stop(): Promise<void>;
};

type Container = {
  process: Promise<ModelProcess>;
  users: number;
  /** Serves the jobs that have it, and ends with the last of them. */
  retired: boolean;
};

/**
 * The models that jobs can name. A container is kept for later jobs; a job with another environment gets a container
 * of its own, and those of the same model that nobody uses then make room.
 */
export function createModels(): Models {
  const specs = new Map<string, ModelSpec>();
  const current = new Map<string, Map<string, Container>>();
  const alive = new Set<Container>();

  async function end(container: Container): Promise<void> {
    await container.process.then((running) => running.stop()).catch(() => {});
    alive.delete(container);
  }

  async function retire(name: string, which: (container: Container) => boolean): Promise<void> {
    const ofModel = current.get(name) ?? new Map<string, Container>();
    const chosen = [...ofModel].filter(([, container]) => which(container));
    for (const [environment, container] of chosen) {
      ofModel.delete(environment);
      container.retired = true;
    }
    await Promise.all(chosen.map(([, container]) => (container.users === 0 ? end(container) : undefined)));
  }

  function containerFor(name: string, spec: ModelCommand, environment: Record<string, string>): Container {
    const ofModel = current.get(name) ?? new Map<string, Container>();
    current.set(name, ofModel);
    const key = JSON.stringify(Object.entries(environment).sort());
    const known = ofModel.get(key);
    if (known) return known;
    void retire(name, ({ users }) => users === 0);
    const started = { process: startModelProcess(name, spec, environment), users: 0, retired: false };
    ofModel.set(key, started);
    alive.add(started);
    return started;
  }

  async function leaseContainer(name: string, spec: ModelCommand, environment: Record<string, string>) {
    const container = containerFor(name, spec, environment);
    // Counted before it is awaited, or somebody could find it unused and end it meanwhile.
    container.users += 1;
    const release = () => {
      container.users -= 1;
      if (container.retired && container.users === 0) void end(container);
    };
    try {
      const { url, exitReason } = await container.process;
      return { url, exitReason, release };
    } catch (error) {
      await retire(name, (other) => other === container);
      release();
      throw error;
    }
  }

  return {
    async register(name, spec) {
      specs.set(name, spec);
      await retire(name, () => true);
    },
    has: (name) => specs.has(name),
    async remove(name) {
      specs.delete(name);
      await retire(name, () => true);
    },
    async lease(name, environment) {
      const spec = specs.get(name);
      if (!spec) throw awsError('ValidationException', `Could not find model "${modelArn(name)}".`);
      if ('url' in spec)
        return { url: spec.url.replace(/\/$/, ''), exitReason: () => undefined, release() {} };
      const lease = await leaseContainer(name, spec, environment);
      if (lease.exitReason() === undefined) return lease;
      // It died after the last job that used it: this one gets a fresh one.
      lease.release();
      await retire(name, ({ users }) => users === 0);
      return leaseContainer(name, spec, environment);
    },
    async stop() {
      await Promise.all([...alive].map(end));
    },
  };
}
