/** The part of the AWS SDK's middleware that tests look into, the same for every client. */
export interface Request {
  input: Record<string, unknown>;
  request?: { readonly headers?: Readonly<Record<string, string>> };
}
export interface Answer {
  readonly output: Record<string, unknown>;
  readonly response: unknown;
}
export type Next = (request: Request) => Promise<Answer>;
type Middleware = (next: Next, context: { readonly commandName?: string }) => Next;

interface HasMiddleware {
  readonly middlewareStack: {
    add(
      middleware: Middleware,
      options: { step: 'initialize' | 'finalizeRequest'; priority: 'high' | 'low'; name: string },
    ): void;
  };
}

/** Once for each call of a client, with an input that may still be changed. */
export function aroundCalls(client: object, name: string, middleware: Middleware): void {
  const { middlewareStack } = client as HasMiddleware;
  middlewareStack.add(middleware, { step: 'initialize', priority: 'low', name });
}

/** For each attempt of a call: inside of the SDK's retries, so that an error thrown here may be retried. */
export function aroundAttempts(client: object, name: string, middleware: Middleware): void {
  const { middlewareStack } = client as HasMiddleware;
  middlewareStack.add(middleware, { step: 'finalizeRequest', priority: 'low', name });
}

/** Which attempt of the SDK a request is; 1 for the first. */
export function attemptOf({ request }: Request): number {
  const header = Object.entries(request?.headers ?? {}).find(
    ([name]) => name.toLowerCase() === 'amz-sdk-request',
  );
  return Number(/attempt=(\d+)/.exec(header?.[1] ?? '')?.[1] ?? 1);
}
