import { GlueClient } from '@aws-sdk/client-glue';
import { exampleRegression } from '@penumbra/core/testing/example-definition';
import { athenaTables } from '@penumbra/evaluator/sql/tables';
import { describe, expect, it } from 'vitest';
import { type Answers, answering, awsError, NOBODY } from '../testing/answering.ts';
import { glueTables } from './glue-tables.ts';

const text = (name: string) => ({ name, type: 'string' });
const { records } = athenaTables(exampleRegression, {
  bucket: 'data',
  columns: {
    records: ['id', 'shop', 'planned', 'region'].map(text),
    outcomes: ['id', 'sold'].map(text),
    predictions: ['id', 'predicted'].map(text),
  },
});

/** A catalog that notes what it is asked. */
function catalog(answer: ReturnType<Answers> = {}) {
  const asked: { readonly command: string; readonly input: Readonly<Record<string, unknown>> }[] = [];
  const client = answering(new GlueClient(NOBODY), (command, input) => {
    asked.push({ command, input });
    return answer;
  });
  return { asked, tables: glueTables(client, 'penumbra_ada') };
}

describe('the tables of queries', () => {
  it('are made once, as external tables with partition projection', async () => {
    const { asked, tables } = catalog();
    await tables.ensure(records);
    await tables.ensure(records);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({
      command: 'CreateTable',
      input: {
        DatabaseName: 'penumbra_ada',
        TableInput: {
          Name: records.name,
          TableType: 'EXTERNAL_TABLE',
          Parameters: { 'projection.enabled': 'true', EXTERNAL: 'TRUE' },
          PartitionKeys: [{ Name: 'penumbra_date', Type: 'string' }],
          StorageDescriptor: {
            Location: records.location,
            SerdeInfo: { SerializationLibrary: records.serde.library },
          },
        },
      },
    });
  });

  it('are there where somebody made them before', async () => {
    await catalog(awsError('AlreadyExistsException')).tables.ensure(records);
  });

  it('are asked for again where the catalog does not answer', async () => {
    const { asked, tables } = catalog(awsError('InternalServiceException'));
    await expect(tables.ensure(records)).rejects.toThrow('it is so');
    await expect(tables.ensure(records)).rejects.toThrow('it is so');
    expect(asked).toHaveLength(2);
  });
});
