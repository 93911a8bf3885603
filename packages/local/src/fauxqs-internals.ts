import type { BuildAppOptions } from 'fauxqs';

type Stores = NonNullable<BuildAppOptions['stores']>;
export type SqsStore = Stores['sqsStore'];
export type SqsQueue = ReturnType<SqsStore['createQueue']>;
export type SqsMessage = Parameters<SqsQueue['enqueue']>[0];
export type S3Store = Stores['s3Store'];
export type S3Object = ReturnType<S3Store['putObject']>;

type SqsStoreModule = {
  SqsStore: { new (): SqsStore; createMessage(body: string): SqsMessage };
};
type SnsStoreModule = { SnsStore: new () => Stores['snsStore'] };
type ErrorsModule = {
  S3Error: new (
    code: string,
    message: string,
    statusCode: number,
    resource?: string,
  ) => Error & { statusCode: number; toXml(): string };
};

// fauxqs exports only its application, which answers errors by class (`instanceof S3Error`) and takes its stores
// from outside: a store of ours has to be built from the classes that its own files load. Its version is pinned
// exactly, and this is the only file that knows where those files are.
const root = import.meta.resolve('fauxqs');
const load = async <Module>(path: string) => (await import(new URL(path, root).href)) as Module;

export const { SqsStore } = await load<SqsStoreModule>('./sqs/sqsStore.js');
export const { SnsStore } = await load<SnsStoreModule>('./sns/snsStore.js');
export const { S3Error } = await load<ErrorsModule>('./common/errors.js');
