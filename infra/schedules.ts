import type { Functions } from './functions.ts';

/** What comes round by the clock, in UTC. Each may run twice, or late: they find what is due. */
export function schedules({ review, sweep }: Functions, deadLetters: sst.aws.Queue): void {
  const at = (name: string, schedule: `cron(${string})` | `rate(${string})`, target: sst.aws.Function) =>
    new sst.aws.CronV2(name, {
      schedule,
      timezone: 'UTC',
      retries: 10,
      dlq: deadLetters.arn,
      function: target.arn,
    });
  // Yesterday's records and outcomes are there early in the morning, as a rule; what is late enters the next review.
  at('DailyReview', 'cron(0 6 * * ? *)', review);
  // Just after noon, from when on the sweep calls a partition of yesterday missing that nobody has closed.
  at('PartitionCheck', 'cron(5 12 * * ? *)', sweep);
  at('HourlySweep', 'cron(35 * * * ? *)', sweep);
}
