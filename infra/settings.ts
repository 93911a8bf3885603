/** What an owner of a stage may want to change. */
export interface Settings {
  /** Keeps data and log when the stage is removed, and protects the table. */
  readonly retain: boolean;
  /**
   * Who may command the rollout over HTTP. `iam`: identities that may invoke the command routes. `keys`: holders of
   * command keys, which is what the page needs.
   */
  readonly commands: 'iam' | 'keys';
  /** Of the functions that read a day's files, in MB. New accounts have 3008 at most. */
  readonly evaluateMemory: number;
  /** Transforms that are submitted at once, and days evaluated at once. */
  readonly concurrentSubmits: number;
  readonly concurrentEvaluations: number;
  /** Most bytes that one query may scan, whatever a definition says: a query that scans more is cancelled. */
  readonly queryBytesLimit: number;
  /** What AWS asks for a TB that queries scan, in USD: it depends on the region. */
  readonly usdPerTbScanned: number;
  readonly logRetentionDays: 30 | 365;
  /** Requests a second of all callers of the API together, and how many at once. */
  readonly apiRate: number;
  readonly apiBurst: number;
  /** Who hears of alarms and rollbacks: e-mail addresses, and HTTPS endpoints such as PagerDuty's. */
  readonly subscribers: readonly ({ readonly email: string } | { readonly https: string })[];
  /**
   * Tells rollbacks, the daily digest and alarms by HTTP POST, to the address in the secret WebhookUrl. slack: as text, for
   * Slack, Mattermost and Rocket.Chat. event: as data, for programs. `signed`: with the secret WebhookSecret.
   */
  readonly webhook: { readonly body: 'slack' | 'event'; readonly signed: boolean } | null;
  /**
   * What SageMaker's role may read beside this stage's bucket: where models lie, as bucket/prefix, and the ARNs of the
   * ECR repositories of their containers.
   */
  readonly modelArtifacts: readonly string[];
  readonly modelRepositories: readonly string[];
}

const personal: Settings = {
  retain: false,
  commands: 'keys',
  evaluateMemory: 3008,
  concurrentSubmits: 2,
  concurrentEvaluations: 2,
  queryBytesLimit: 100_000_000_000,
  usdPerTbScanned: 5,
  logRetentionDays: 30,
  apiRate: 50,
  apiBurst: 100,
  subscribers: [],
  webhook: null,
  modelArtifacts: [],
  modelRepositories: [],
};

const production: Settings = {
  ...personal,
  retain: true,
  commands: 'iam',
  concurrentSubmits: 5,
  concurrentEvaluations: 10,
  queryBytesLimit: 10_000_000_000_000,
  logRetentionDays: 365,
  apiRate: 1000,
  apiBurst: 2000,
};

/** Stages are part of every transform job's name: a hyphen in one would make it the beginning of another's. */
const STAGE = /^[a-z][a-z0-9]{0,19}$/;

/** The settings of a stage. Throws where its name cannot be one. */
export function settingsOf(stage: string): Settings {
  if (!STAGE.test(stage))
    throw new Error(
      `"${stage}" cannot be a stage of Penumbra: use up to 20 lower-case letters and digits, a letter first`,
    );
  return stage === 'production' ? production : personal;
}
