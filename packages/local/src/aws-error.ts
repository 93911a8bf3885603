/** The errors that the SageMaker API has a shape for; any other name is one that clients can only match by text. */
const MODELLED = ['ResourceInUse', 'ResourceNotFound', 'ResourceLimitExceeded', 'ConflictException'];

const tag = Symbol('AWS error');
export type AwsError = Error & { [tag]: true };

export function awsError(name: string, message: string): AwsError {
  return Object.assign(new Error(message), { name, [tag]: true as const });
}

export const isAwsError = (error: unknown): error is AwsError => error instanceof Error && tag in error;

/** The body of an error answer in AWS JSON 1.1; the service spells the message of its own shapes with a capital. */
export function awsErrorBody({ name, message }: AwsError): Record<string, string> {
  return MODELLED.includes(name) ? { __type: name, Message: message } : { __type: name, message };
}

export const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
