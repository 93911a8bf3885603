import type { Pipeline } from '@penumbra/core/pipeline/ports';
import type { Announcements } from '../announcements.ts';
import type { AccessKey } from './keyring.ts';
import type { RateLimits } from './rate-limits.ts';

/** What the API needs from outside. */
export interface ApiPorts
  extends Pick<Pipeline, 'log' | 'rollouts' | 'documents' | 'deployments' | 'exposures' | 'now'> {
  /** The bytes of an object of the bucket: metric states are read. */
  readonly readObject: (key: string) => Promise<Uint8Array>;
  /** Told when somebody throws the kill switch. */
  readonly announcements?: Announcements;
  /** Told of every failure that a caller only sees as an internal error. */
  readonly onFailure: (failure: Failure) => void;
}

export interface Failure {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly error: Error;
}

/** Where on AWS the jobs and the files are that the log names. */
export interface Resources {
  readonly region: string;
  readonly bucket: string;
}

export interface ApiSettings {
  readonly keys: readonly AccessKey[];
  /** Whether reading needs no key: for a server that only this machine reaches, or behind an authorizer. */
  readonly openReads?: boolean;
  /** Whether to trust the caller's identity: only where an IAM authorizer stands in front. */
  readonly trustIdentity?: boolean;
  /** Origins of pages that may read answers; none by default. */
  readonly corsOrigins?: readonly string[];
  /** Whether the log is a trial's, which served nobody: said beside its history. */
  readonly simulated?: boolean;
  /** Said beside its history, so that pages can link to them. */
  readonly resources?: Resources;
  readonly rateLimits?: Partial<RateLimits>;
  /** Milliseconds for which a rollout document is served without asking for a newer one; 1000 by default. */
  readonly documentLifeMs?: number;
}
