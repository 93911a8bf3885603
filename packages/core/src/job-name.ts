import { type CalendarDate, isCalendarDate } from './calendar.ts';
import { failure, type Result, success } from './problem.ts';

/** SageMaker's limit on TransformJobName, in characters. */
const LONGEST = 63;
const PARSER = /^(.+)-(\d{4}-\d{2}-\d{2})-([1-9]\d?)$/;

export interface TransformIdentity {
  readonly deployment: string;
  readonly date: CalendarDate;
  /** 1 for the first attempt. */
  readonly attempt: number;
}

/**
 * The one name of a transform: the same deployment, date and attempt always give the same name, which makes
 * CreateTransformJob idempotent (ResourceInUse means that it was already submitted).
 */
export function transformJobName(prefix: string, { deployment, date, attempt }: TransformIdentity): string {
  return `${prefix}-${deployment}-${date}-${attempt}`;
}

/** The reverse of transformJobName; undefined for a job that is not ours. */
export function parseTransformJobName(prefix: string, name: string): TransformIdentity | undefined {
  if (!name.startsWith(`${prefix}-`)) return undefined;
  const match = PARSER.exec(name.slice(prefix.length + 1));
  if (!match) return undefined;
  const [, deployment = '', date = '', attempt = ''] = match;
  if (!isCalendarDate(date)) return undefined;
  return { deployment, date, attempt: Number(attempt) };
}

/** Whether every job of a deployment will have a name that SageMaker accepts. */
export function checkJobNames(prefix: string, deployment: string): Result<string> {
  const longest = transformJobName(prefix, { deployment, date: '2000-01-01', attempt: 99 });
  if (longest.length <= LONGEST) return success(longest);
  return failure({
    where: 'deployment',
    what: `transform jobs would be named like ${longest}, ${longest.length - LONGEST} characters over SageMaker's ${LONGEST}`,
    remedy: 'Shorten the name of the deployment or of the stage',
  });
}
