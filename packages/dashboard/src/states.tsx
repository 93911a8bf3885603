import type { ApiProblem } from './api.ts';

/** While the first answer is on its way: the shape of the page, without its numbers. */
export function Waiting({ what }: { readonly what: string }) {
  return (
    <main class="alone" aria-busy="true">
      <p role="status">{what} …</p>
      <div class="skeleton" aria-hidden="true">
        <i class="line" />
        <i class="line short" />
        <i class="box" />
        <i class="box" />
        <i class="box" />
        <i class="box" />
      </div>
    </main>
  );
}

/** Nothing to show, why, and what to do. */
export function Trouble({
  problem,
  onRetry,
}: {
  readonly problem: ApiProblem;
  readonly onRetry: () => void;
}) {
  return (
    <main class="alone">
      <h1>This could not be loaded</h1>
      <p role="alert">{problem.message}.</p>
      <p>{problem.remedy}.</p>
      <button type="button" class="button" onClick={onRetry}>
        Try again
      </button>
    </main>
  );
}
