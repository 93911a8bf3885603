import type { FileRef } from '@penumbra/core/day-events';
import type { Problem } from '@penumbra/core/problem';
import type { FileFormat } from '@penumbra/evaluator/column-spec';
import { extensionsOf } from '@penumbra/evaluator/day-files';

/** The files of a folder that are none of its format. */
export function unexpectedFiles(files: readonly FileRef[], format: FileFormat): Problem[] {
  const extensions = extensionsOf(format);
  return files
    .filter(({ key }) => !extensions.some((extension) => key.endsWith(extension)))
    .map(({ key }) => ({
      where: key,
      what: `this folder holds a file that is no ${extensions.join(' or ')}`,
      remedy: 'Convert the file, keep it outside the folder, or correct the format in the definition',
    }));
}
