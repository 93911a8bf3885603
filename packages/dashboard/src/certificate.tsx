import type { History } from '@penumbra/core/history';

/** What the percentages rest on: the review, and the digest that it can be checked by. */
export function Certificate({ history }: { readonly history: History }) {
  const { certificate, validUntil } = history.rollout;
  if (!certificate) return null;
  return (
    <>
      <h3>Certificate</h3>
      <dl class="facts">
        <dt>Review that set the percentages</dt>
        <dd>
          <code>{certificate.reviewId}</code>
        </dd>
        <dt>SHA-256 of its canonical JSON</dt>
        <dd>
          <code class="digest">{certificate.sha256}</code>
        </dd>
        <dt>Served until</dt>
        <dd>
          {validUntil === null ? 'no end' : validUntil.replace('T', ' ')}, then the incumbent decides
          everything
        </dd>
      </dl>
    </>
  );
}
