/** The public API of @penumbra/client. */
export type { Exposure, ExposureBatch } from '@penumbra/core/exposures';
export type { RolloutDocument } from '@penumbra/core/rollout-document';
export {
  type Client,
  type ClientEvents,
  type ClientOptions,
  createClient,
  type DeploymentStatus,
  type RequestContext,
} from './client.ts';
export { type Clock, systemClock } from './clock.ts';
export { type Decision, LoadError, type LoadFailure, type Reason } from './decision.ts';
export type { FeedbackOptions } from './exposures.ts';
export { type FileSourceOptions, fileSource } from './file-source.ts';
export { type HttpFeedbackOptions, httpFeedback } from './http-feedback.ts';
export { type HttpSourceOptions, httpSource } from './http-source.ts';
export type { Sink, Source } from './source.ts';
export { staticSource } from './static-source.ts';
