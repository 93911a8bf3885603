/** An error as a service, or the network, would give it: its name and status are what the SDK and we go by. */
export class InjectedError extends Error {
  readonly $fault = 'server';
  readonly $metadata: { httpStatusCode?: number };
  constructor(
    override readonly name: string,
    message: string,
    httpStatusCode?: number,
  ) {
    super(`${message} (injected)`);
    this.$metadata = httpStatusCode === undefined ? {} : { httpStatusCode };
  }
}

const THROTTLING: Readonly<Record<string, string>> = {
  append: 'ProvisionedThroughputExceededException',
  note: 'ProvisionedThroughputExceededException',
  document: 'ProvisionedThroughputExceededException',
  load: 'ProvisionedThroughputExceededException',
  write: 'SlowDown',
  list: 'SlowDown',
  get: 'SlowDown',
};

/** The error of a fault; `kind` as the seams name it. */
export function errorOf(operation: string, kind: string): InjectedError {
  if (kind === 'throttled') {
    return new InjectedError(THROTTLING[operation] ?? 'ThrottlingException', 'Rate exceeded', 400);
  }
  if (kind.startsWith('timeout')) return new InjectedError('TimeoutError', 'socket timed out');
  if (kind.startsWith('500'))
    return new InjectedError('InternalServerError', 'We encountered an internal error', 500);
  if (kind === 'TransactionConflict') {
    return new InjectedError('TransactionConflictException', 'Transaction is ongoing for the item', 400);
  }
  if (kind === 'quota is used up') {
    return new InjectedError(
      'ResourceLimitExceeded',
      'The account-level service limit has been reached',
      400,
    );
  }
  throw new Error(`no error is known for ${operation}: ${kind}`);
}
