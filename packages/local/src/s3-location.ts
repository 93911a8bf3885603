export type S3Location = { bucket: string; key: string };

export function parseS3Uri(uri: string): S3Location {
  const [, bucket = '', key = ''] = /^(?:https|s3):\/\/([^/]+)\/?(.*)$/s.exec(uri) ?? [];
  return { bucket, key };
}

/**
 * Where the output of one input object goes: the output path, the object's path relative to the input prefix, and
 * `.out`. A prefix that is itself the object, or that ends within a name, counts as the folder around it.
 */
export function outputLocation(outputPath: string, inputPrefix: string, inputKey: string): S3Location {
  const { bucket, key } = parseS3Uri(outputPath);
  const endsAtFolder =
    inputPrefix === '' || inputPrefix.endsWith('/') || inputKey[inputPrefix.length] === '/';
  const folder = endsAtFolder ? inputPrefix : inputPrefix.slice(0, inputPrefix.lastIndexOf('/') + 1);
  const relative = inputKey.slice(folder.length).replace(/^\//, '');
  const base = key === '' || key.endsWith('/') ? key : `${key}/`;
  return { bucket, key: `${base}${relative}.out` };
}
