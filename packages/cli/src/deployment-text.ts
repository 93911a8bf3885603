import type { viewDeployment } from '@penumbra/functions/api/deployment-view';
import Table from 'cli-table3';

type DeploymentView = ReturnType<typeof viewDeployment>;

/** Deployments as a table, a line each. */
export function deploymentTable(deployments: readonly DeploymentView[]): string {
  const table = new Table({
    head: ['deployment', 'definition', 'since', 'reviewed', 'challenger'],
    style: { head: [], border: [] },
  });
  for (const { deployment, definitionVersion, startDate, asOf, slices, paused, overridden } of deployments) {
    const shares = slices.map(({ slice, percent }) => `${slice} ${percent} %`).join(', ');
    const held = overridden ? ' (overridden)' : paused ? ' (paused)' : '';
    table.push([deployment, definitionVersion, startDate ?? '', asOf ?? 'never', `${shares}${held}`]);
  }
  return table.toString();
}

/** A deployment in lines. */
export function deploymentLines(view: DeploymentView): string[] {
  const { deployment, definition, definitionVersion, startDate, asOf, paused, overridden, slices } = view;
  return [
    `${deployment}, definition ${definitionVersion}, records from ${startDate}, reviewed ${asOf ?? 'never'}`,
    ...(definition.description ? [definition.description] : []),
    ...(paused ? [`paused: ${paused}`] : []),
    ...(overridden ? [`overridden: ${overridden}`] : []),
    ...slices.map(({ slice, stage, percent }) => `  ${slice}: stage ${stage}, ${percent} %`),
    ...(definition.model ? [`  model: ${definition.model.modelName}`] : []),
  ];
}
