/** Who is behind a request, as the server around the API knows it; nothing of it comes from headers. */
export interface Caller {
  /** Network address, for rate limits. */
  readonly address: string;
  /** What the authorizer in front has verified: the ARN of an IAM user or role. */
  readonly identity?: string | undefined;
}

/**
 * Read: documents, evaluations, evidence. Feedback: to report what was served, and nothing else. Command: all of
 * these, and to change the rollout.
 */
export const ACCESS = ['read', 'feedback', 'command'] as const;
export type Access = (typeof ACCESS)[number];

/** Whom a request counts as, once its key or identity has been checked. */
export interface Principal {
  readonly name: string;
  readonly access: Access;
}

/** What travels with a request through the API. */
export interface ApiEnv {
  Bindings: Caller;
  Variables: { principal: Principal; requestId: string };
}
