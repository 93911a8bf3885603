import { Console } from 'node:console';
import type { Writable } from 'node:stream';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';

export interface Observability {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Where a stage does not say otherwise: two of them in one account keep their metrics apart. */
const NAMESPACE = 'Penumbra';

/**
 * Structured logs and metrics. On Lambda they go to standard output, where CloudWatch reads them; `sink` takes
 * them instead where a terminal belongs to a person.
 */
export function observability(service: string, sink?: Writable): Observability {
  const logger = new Logger({ serviceName: service });
  const metrics = new Metrics({
    namespace: process.env.POWERTOOLS_METRICS_NAMESPACE ?? NAMESPACE,
    serviceName: service,
  });
  if (sink) {
    // Powertools has no option for where it writes; both keep the console that they write to in this field.
    const console = new Console({ stdout: sink, stderr: sink });
    Object.assign(logger, { console });
    Object.assign(metrics, { console });
  }
  return { logger, metrics };
}
