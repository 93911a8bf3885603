/** `partition-ready` as Pulumi and SST name components: PartitionReady. */
export const logicalName = (name: string): string =>
  name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** What the names of this stage's transform jobs, functions, queues and alarms begin with. */
export const prefixOf = (stage: string): string => `penumbra-${stage}`;

export const functionNameOf = (prefix: string, name: string): string => `${prefix}-${name}`;
export const queueNameOf = (prefix: string, queue: string): string => `${prefix}-${queue}`;
export const deadLettersOf = (queue: string): string => `${queue}-dead-letters`;
/** EventBridge tells the ends of queries by workgroup alone: see eventRules. */
export const workgroupOf = (prefix: string): string => prefix;
/** SQL knows no hyphens in names that are not quoted. */
export const databaseOf = (prefix: string): string => prefix.replaceAll('-', '_');
export const ruleNameOf = (prefix: string, rule: string): string => `${prefix}-${rule}`;
export const alarmNameOf = (prefix: string, alarm: string): string => `${prefix}-${alarm}`;
/** Of the metrics that the functions write into their logs: two stages of one account keep theirs apart. */
export const metricsNamespaceOf = (prefix: string): string => `Penumbra/${prefix}`;
