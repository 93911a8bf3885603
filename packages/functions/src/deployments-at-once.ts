/**
 * Deployments that a scheduled function works on at once. Each mostly waits for DynamoDB: one after the other, some
 * thousands would not fit the fifteen minutes that a function may run.
 */
export const DEPLOYMENTS_AT_ONCE = 16;
