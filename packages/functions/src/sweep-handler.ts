import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Pipeline } from '@penumbra/core/pipeline/ports';
import { sweep } from '@penumbra/core/pipeline/sweep';
import { FINDING_KINDS, type Finding, type FindingKind } from '@penumbra/core/pipeline/sweep-plan';
import pLimit from 'p-limit';
import { z } from 'zod';
import { type Announcements, announcementsOf } from './announcements.ts';
import { DEPLOYMENTS_AT_ONCE } from './deployments-at-once.ts';
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
  /** Dimensions belong to whatever is stored when they are published: nothing may come in between. */
  function publish(deployment: string, add: () => void): void {
    metrics.addDimension('deployment', deployment);
    add();
    metrics.publishStoredMetrics();
    metrics.clearDimensions();
  }
  return async (input: unknown): Promise<Readonly<Record<string, readonly Finding[]>>> => {
    const { deployments = await pipeline.deployments.list() } = requestSchema.parse(input ?? {});
    const found: Record<string, readonly Finding[]> = {};
    const failed: Error[] = [];
    async function sweepOne(deployment: string): Promise<void> {
      try {
        const findings = await sweep(pipeline, { deployment });
        found[deployment] = findings;
        await announceReview(deployment, findings);
        for (const finding of findings) logger.warn('stuck', { deployment, ...finding });
        logger.info('swept', { deployment, findings: findings.length });
        publish(deployment, () => {
          for (const kind of FINDING_KINDS) {
            const count = findings.filter((finding) => finding.kind === kind).length;
            metrics.addMetric(METRICS[kind], MetricUnit.Count, count);
          }
        });
      } catch (error) {
        failed.push(error as Error);
        logger.error('the deployment could not be swept', { deployment, error: error as Error });
        publish(deployment, () => metrics.addMetric('SweepFailed', MetricUnit.Count, 1));
      }
    }
    const limit = pLimit(DEPLOYMENTS_AT_ONCE);
    await Promise.all(deployments.map((deployment) => limit(() => sweepOne(deployment))));
    if (failed.length > 0)
      throw new AggregateError(failed, `${failed.length} deployments could not be swept`);
    return found;
  };
}
