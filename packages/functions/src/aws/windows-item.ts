import type { KeptWindows } from '@penumbra/core/pipeline/ports';

/** As JSON text: DynamoDB's numbers hold fewer values than ours, and the next sum begins with this one. */
export const windowsItem = (windows: KeptWindows) => ({ windows: JSON.stringify(windows) });

export const fromWindowsItem = (
  item: Readonly<Record<string, unknown>> | undefined,
): KeptWindows | undefined => (item ? (JSON.parse(String(item.windows)) as KeptWindows) : undefined);
