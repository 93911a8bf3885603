import { awsError } from './aws-error.ts';
import { summarizeTransformJob, type TransformJob } from './transform-job.ts';

type ListInput = {
  NameContains?: string;
  StatusEquals?: string;
  CreationTimeAfter?: number;
  CreationTimeBefore?: number;
  LastModifiedTimeAfter?: number;
  LastModifiedTimeBefore?: number;
  SortBy?: string;
  SortOrder?: string;
  MaxResults?: number;
  NextToken?: string;
};

const SORT_KEYS: Record<string, (job: TransformJob) => string | number> = {
  Name: (job) => job.request.TransformJobName,
  CreationTime: (job) => job.createdAt,
  Status: (job) => job.status,
};

/** The answer of ListTransformJobs. @throws ValidationException */
export function listTransformJobs(jobs: TransformJob[], input: ListInput): Record<string, unknown> {
  const { SortBy = 'CreationTime', SortOrder = 'Descending', MaxResults = 10 } = input;
  const sortKey = SORT_KEYS[SortBy];
  if (!sortKey || !['Ascending', 'Descending'].includes(SortOrder)) {
    throw awsError('ValidationException', `Cannot sort by '${SortBy}' in '${SortOrder}' order.`);
  }
  if (!Number.isInteger(MaxResults) || MaxResults < 1 || MaxResults > 100) {
    throw awsError('ValidationException', `Value '${MaxResults}' at 'maxResults' must be between 1 and 100`);
  }
  const direction = SortOrder === 'Ascending' ? 1 : -1;
  const sorted = jobs
    .filter((job) => matches(job, input))
    .sort(
      (a, b) =>
        direction * (compare(sortKey(a), sortKey(b)) || compare(SORT_KEYS.Name?.(a), SORT_KEYS.Name?.(b))),
    );
  const start = input.NextToken === undefined ? 0 : positionAfter(sorted, input.NextToken);
  const page = sorted.slice(start, start + MaxResults);
  const last = page.at(-1);
  const isLastPage = !last || start + MaxResults >= sorted.length;
  return {
    TransformJobSummaries: page.map(summarizeTransformJob),
    NextToken: isLastPage ? undefined : Buffer.from(last.request.TransformJobName).toString('base64url'),
  };
}

function compare(a: string | number | undefined, b: string | number | undefined): number {
  if (a === b || a === undefined || b === undefined) return 0;
  return a < b ? -1 : 1;
}

// The token names the last job that was told, so that jobs created meanwhile neither shift nor repeat a page.
function positionAfter(sorted: TransformJob[], token: string): number {
  const name = Buffer.from(token, 'base64url').toString();
  const position = sorted.findIndex((job) => job.request.TransformJobName === name);
  if (position === -1) throw awsError('ValidationException', 'Invalid pagination token');
  return position + 1;
}

function matches(job: TransformJob, input: ListInput): boolean {
  if (input.StatusEquals !== undefined && job.status !== input.StatusEquals) return false;
  const name = job.request.TransformJobName.toLowerCase();
  if (input.NameContains !== undefined && !name.includes(input.NameContains.toLowerCase())) return false;
  const isWithin = (at: number, after = 0, before = Number.POSITIVE_INFINITY) =>
    at / 1000 > after && at / 1000 < before;
  return (
    isWithin(job.createdAt, input.CreationTimeAfter, input.CreationTimeBefore) &&
    isWithin(job.modifiedAt, input.LastModifiedTimeAfter, input.LastModifiedTimeBefore)
  );
}
