import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Pipeline } from '@penumbra/core/pipeline/ports';
import { sweep } from '@penumbra/core/pipeline/sweep';
import { FINDING_KINDS, type Finding, type FindingKind } from '@penumbra/core/pipeline/sweep-plan';
import { z } from 'zod';
import { type Announcements, announcementsOf } from './announcements.ts';
import type { Observability } from './observability.ts';

/** What the scheduler sends: nothing for all deployments, or the names of some. */
const requestSchema = z.object({ deployments: z.array(z.string().min(1)).optional() });

/** One metric for each kind, counted also when it is none: an alarm on a metric without data says nothing. */
const METRICS: Readonly<Record<FindingKind, string>> = {
  'ready-not-submitted': 'ReadyNotSubmitted',
  'transform-overdue': 'TransformOverdue',
  'query-overdue': 'QueryOverdue',
  'complete-not-evaluated': 'CompleteNotEvaluated',
  'mature-not-reviewed': 'MatureNotReviewed',
  'never-ready': 'NeverReady',
  'outcomes-open': 'OutcomesOpen',
};

/**
 * The Lambda of the sweep: every deployment on its own, so that one whose log cannot be read hides no other. Throws
 * in the end where one could not be swept.
 */
export function sweepHandler(
  pipeline: Pipeline,
  announcements: Announcements,
  { logger, metrics }: Observability,
) {
  /** A review that the sweep made up for is told of as every other. */
  async function announceReview(deployment: string, findings: readonly Finding[]): Promise<void> {
    if (!findings.some(({ kind }) => kind === 'mature-not-reviewed')) return;
    const { lastReview } = (await pipeline.rollouts(deployment)).state;
    if (lastReview) await announcements.publish(announcementsOf(deployment, lastReview));
  }
  return async (input: unknown): Promise<Readonly<Record<string, readonly Finding[]>>> => {
    const { deployments = await pipeline.deployments.list() } = requestSchema.parse(input ?? {});
    const found: Record<string, readonly Finding[]> = {};
    const failed: Error[] = [];
    for (const deployment of deployments) {
      metrics.addDimension('deployment', deployment);
      try {
        const findings = await sweep(pipeline, { deployment });
        found[deployment] = findings;
        await announceReview(deployment, findings);
        for (const kind of FINDING_KINDS) {
          const count = findings.filter((finding) => finding.kind === kind).length;
          metrics.addMetric(METRICS[kind], MetricUnit.Count, count);
        }
        for (const finding of findings) logger.warn('stuck', { deployment, ...finding });
        logger.info('swept', { deployment, findings: findings.length });
      } catch (error) {
        failed.push(error as Error);
        metrics.addMetric('SweepFailed', MetricUnit.Count, 1);
        logger.error('the deployment could not be swept', { deployment, error: error as Error });
      } finally {
        metrics.publishStoredMetrics();
        metrics.clearDimensions();
      }
    }
    if (failed.length > 0)
      throw new AggregateError(failed, `${failed.length} deployments could not be swept`);
    return found;
  };
}
