import { type CalendarDate, datesFrom } from '@penumbra/core/calendar';
import { register } from '@penumbra/core/pipeline/register';
import { type Result, success } from '@penumbra/core/problem';
import { startLocalPipeline } from './local-pipeline.ts';
import { chooseRange, lastDate, modelsOf, putDate } from './trial.ts';
import { claimDataDir } from './trial-data-dir.ts';
import type { TrialFolder } from './trial-folder.ts';

/**
 * Puts a folder of recorded history into the bucket all at once, as a bucket looks that was filled before anybody
 * listened: no event tells of it. Registers the deployment where it is not. What is there already stays as it is.
 */
export async function layOutPast(
  folder: TrialFolder,
  dataDir: string,
  dates: { readonly from?: CalendarDate; readonly to?: CalendarDate },
): Promise<Result<CalendarDate>> {
  const range = chooseRange(folder, dates);
  if (!range.ok) return range;
  const [start = range.value.from] = folder.records.keys();
  const claimed = await claimDataDir(dataDir, folder, start, false);
  if (!claimed.ok) return claimed;
  const local = await startLocalPipeline({
    dataDir,
    models: modelsOf(folder),
    now: () => new Date().toISOString(),
    idle: true,
    loseEvents: { fraction: 1, seed: 1 },
  });
  try {
    const { definition } = folder;
    await register(local.pipeline, { definition, startDate: start, causationId: 'trial' });
    const closed = await local.bucket.list(`${definition.deployment}/outcomes/`);
    const there = new Set(closed.map(({ key }) => /landed=(.{10})\/_SUCCESS$/.exec(key)?.[1]));
    for (const date of datesFrom(start, lastDate(folder, range.value))) {
      if (!there.has(date)) await putDate(local, folder, date, date <= range.value.to);
    }
    return success(start);
  } finally {
    await local.stop();
  }
}
