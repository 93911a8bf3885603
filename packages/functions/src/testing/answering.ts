/** What a service is asked, by command, and what it answers; an error is thrown. */
export type Answers = (command: string, input: Readonly<Record<string, unknown>>) => object | Error;

interface Stacked {
  readonly middlewareStack: {
    add(
      middleware: (
        next: unknown,
        context: { commandName?: string },
      ) => (args: { input: Readonly<Record<string, unknown>> }) => Promise<unknown>,
      options: { step: 'initialize' },
    ): void;
  };
}

export const NOBODY = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
} as const;

/** A client of the SDK that asks `answers` instead of the network. */
export function answering<Client extends object>(client: Client, answers: Answers): Client {
  (client as unknown as Stacked).middlewareStack.add(
    (_, { commandName = '' }) =>
      async ({ input }) => {
        const output = answers(commandName.replace(/Command$/, ''), input);
        if (output instanceof Error) throw output;
        return { output: { ...output, $metadata: {} }, response: {} };
      },
    { step: 'initialize' },
  );
  return client;
}

/** An error of a service, by its name. */
export const awsError = (name: string, message = 'it is so'): Error =>
  Object.assign(new Error(message), { name });
