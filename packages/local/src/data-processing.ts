import { formatCsvRecord, parseCsvRecord } from './csv-record.ts';
import { type JsonPath, parseJsonPath, select } from './json-path.ts';
import { createRecordSplitter } from './record-splitter.ts';
import type { TransformRequest } from './transform-request.ts';

export type DataProcessing = {
  /** What the model gets to see of an input record. */
  prepare(record: string): string;
  /** The records of the output, or undefined where the model's answer is the output as it stands. */
  finish?: (records: string[], answer: string) => string[];
};

/**
 * InputFilter → model → JoinSource → OutputFilter, for CSV and for JSON. All text is Latin-1: one character a
 * byte, so that sizes are lengths and bytes that are not UTF-8 come through as they are.
 *
 * @throws (from both functions) when a record cannot be read, has no such part, or the answer has another number
 * of records.
 */
export function createDataProcessing(request: TransformRequest): DataProcessing {
  const { InputFilter = '$', OutputFilter = '$', JoinSource = 'None' } = request.DataProcessing ?? {};
  const isCsv = isCsvType(request.TransformInput.ContentType);
  const format = isCsv ? csv : json;
  const inputPath = parseJsonPath(InputFilter);
  const outputPath = parseJsonPath(OutputFilter);
  const isSplit = request.TransformInput.SplitType === 'Line';
  const joins = JoinSource === 'Input';

  const prepare = (record: string) => (inputPath.length === 0 ? record : format.filter(inputPath, record));
  if (!joins && outputPath.length === 0) return { prepare };

  return {
    prepare,
    finish(records, answer) {
      const outputs = isSplit ? splitAll(answer, isCsv) : [answer];
      if (!joins) return outputs.map((output) => format.filter(outputPath, output));
      if (outputs.length !== records.length) {
        throw new Error(`the container answered ${outputs.length} records to ${records.length} of the input`);
      }
      return records.map((record, index) => {
        const joined = format.join(record, outputs[index] ?? '');
        return outputPath.length === 0 ? joined : format.filter(outputPath, joined);
      });
    },
  };
}

export const isCsvType = (contentType: string | undefined) => mediaType(contentType) === 'text/csv';
export const isJsonType = (contentType: string | undefined) =>
  ['application/json', 'application/jsonlines'].includes(mediaType(contentType));

const mediaType = (contentType = '') => contentType.split(';')[0]?.trim().toLowerCase() ?? '';

function splitAll(text: string, isCsv: boolean): string[] {
  const splitter = createRecordSplitter(isCsv);
  return [...splitter.push(text), ...splitter.end()];
}

type Format = {
  filter(path: JsonPath, record: string): string;
  join(record: string, output: string): string;
};

const csv: Format = {
  filter: (path, record) => formatCsvRecord([select(path, parseCsvRecord(record))].flat().map(String)),
  join: (record, output) => `${record},${output}`,
};

const json: Format = {
  filter: (path, record) => writeJson(select(path, readJson(record))),
  join: (record, output) => {
    const input = readJson(record);
    const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
    return writeJson({
      ...(isObject ? input : { SageMakerInput: input }),
      SageMakerOutput: readJson(output),
    });
  },
};

const readJson = (latin1: string): unknown => JSON.parse(Buffer.from(latin1, 'latin1').toString('utf8'));
const writeJson = (value: unknown) => Buffer.from(JSON.stringify(value), 'utf8').toString('latin1');
