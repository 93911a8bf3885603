/**
 * Which messages of a batch a Lambda handler reported as failed, read as the event-source mapping with
 * ReportBatchItemFailures reads it: nothing, `{}`, an empty or a null list is success; what cannot be read,
 * and an id that is empty or not of this batch, fails the batch as a whole.
 */
export function failedMessageIds(response: unknown, messageIds: ReadonlySet<string>): ReadonlySet<string> {
  if (response === undefined || response === null) return new Set();
  if (typeof response !== 'object' || Array.isArray(response)) return messageIds;
  const failures: unknown = 'batchItemFailures' in response ? response.batchItemFailures : undefined;
  if (failures === undefined || failures === null) return new Set();
  if (!Array.isArray(failures)) return messageIds;
  const failed = new Set<string>();
  for (const failure of failures) {
    const id: unknown = failure?.itemIdentifier;
    if (typeof id !== 'string' || !messageIds.has(id)) return messageIds;
    failed.add(id);
  }
  return failed;
}
