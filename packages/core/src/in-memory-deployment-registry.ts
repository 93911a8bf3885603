import type { DeploymentRegistry } from './pipeline/ports.ts';

/** The names of deployments in memory. */
export function inMemoryDeploymentRegistry(): DeploymentRegistry {
  const names = new Set<string>();
  return {
    async add(deployment) {
      names.add(deployment);
    },
    list: async () => [...names].sort(),
  };
}
