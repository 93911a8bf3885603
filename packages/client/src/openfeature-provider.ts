import {
  ErrorCode,
  type EvaluationContext,
  type FlagMetadata,
  GeneralError,
  OpenFeatureEventEmitter,
  type Provider,
  ProviderEvents,
  type ResolutionDetails,
  type ResolutionReason,
  StandardResolutionReasons,
} from '@openfeature/server-sdk';
import type { Client, RequestContext } from './client.ts';
import type { Decision, Reason } from './decision.ts';

/** Reasons with a decision behind them, in OpenFeature's words. The others are errors: the code default applies. */
const REASONS: Readonly<Partial<Record<Reason, ResolutionReason>>> = {
  SPLIT: StandardResolutionReasons.SPLIT,
  FULL: StandardResolutionReasons.TARGETING_MATCH,
  SHADOW: StandardResolutionReasons.TARGETING_MATCH,
  NO_SLICE: StandardResolutionReasons.DEFAULT,
  EXPIRED: StandardResolutionReasons.DISABLED,
};

const ERRORS: Readonly<Partial<Record<Reason, ErrorCode>>> = {
  UNKNOWN_DEPLOYMENT: ErrorCode.FLAG_NOT_FOUND,
  NOT_LOADED: ErrorCode.PROVIDER_NOT_READY,
  UNREADABLE: ErrorCode.PARSE_ERROR,
  NO_UNIT: ErrorCode.TARGETING_KEY_MISSING,
  FAILED: ErrorCode.INVALID_CONTEXT,
};

/**
 * A deployment as a string flag of OpenFeature: its key is the deployment, its value and variant the arm, the
 * targeting key the unit. Ask with `'incumbent'` as the default: it is what an error answers. Closing the
 * provider closes the client.
 *
 * ```ts
 * await OpenFeature.setProviderAndWait(penumbraProvider(client));
 * const arm = await OpenFeature.getClient().getStringValue('rebooking', 'incumbent', {
 *   targetingKey: passenger.id,
 *   airport: 'ATL',
 * });
 * ```
 */
export function penumbraProvider<Deployment extends string>(client: Client<Deployment>): Provider {
  const events = new OpenFeatureEventEmitter();
  let started = false;
  const failing = new Set<string>();
  const emit = (
    type: Parameters<typeof events.emit>[0],
    details: { message?: string; flagsChanged?: string[] },
  ) => {
    // Before that the SDK takes the state from `initialize` itself.
    if (started) events.emit(type, details);
  };
  const endings = [
    client.on('changed', ({ deployment }) =>
      emit(ProviderEvents.ConfigurationChanged, { flagsChanged: [deployment] }),
    ),
    client.on('failed', ({ deployment, error }) => {
      failing.add(deployment);
      const serving = client.status(deployment).document !== undefined;
      emit(serving ? ProviderEvents.Stale : ProviderEvents.Error, { message: error.message });
    }),
    client.on('recovered', ({ deployment }) => {
      failing.delete(deployment);
      if (failing.size === 0) emit(ProviderEvents.Ready, {});
    }),
    client.on('expired', ({ deployment }) =>
      emit(ProviderEvents.Stale, { message: `the rollout document of ${deployment} has expired` }),
    ),
  ];

  const mismatch = <Value>(key: string, value: Value): ResolutionDetails<Value> => {
    const decision = client.decide(key as Deployment, { unit: '' });
    const unknown = decision.reason === 'UNKNOWN_DEPLOYMENT';
    return {
      value,
      reason: StandardResolutionReasons.ERROR,
      errorCode: unknown ? ErrorCode.FLAG_NOT_FOUND : ErrorCode.TYPE_MISMATCH,
      errorMessage: unknown ? `this client has no deployment ${key}` : `${key} is a text: an arm`,
    };
  };

  return {
    metadata: { name: 'penumbra' },
    runsOn: 'server',
    events,
    async initialize() {
      await client.ready();
      started = true;
      for (const deployment of client.deployments) {
        if (client.status(deployment).error) failing.add(deployment);
      }
      const missing = client.deployments.filter((deployment) => !client.status(deployment).document);
      if (missing.length > 0) {
        throw new GeneralError(`there is no rollout document of ${missing.join(', ')}`);
      }
    },
    async onClose() {
      for (const end of endings) end();
      await client.close();
    },
    async resolveStringEvaluation(key, value, context) {
      return toResolution(client.decide(key as Deployment, requestOf(context)), key, value);
    },
    resolveBooleanEvaluation: async (key, value) => mismatch(key, value),
    resolveNumberEvaluation: async (key, value) => mismatch(key, value),
    resolveObjectEvaluation: async (key, value) => mismatch(key, value),
  };
}

/** The targeting key is the unit; values that are objects stay, and match no slice. */
function requestOf(context: EvaluationContext): RequestContext {
  return { ...context, unit: context.targetingKey } as RequestContext;
}

function toResolution(decision: Decision, key: string, value: string): ResolutionDetails<string> {
  const flagMetadata = metadataOf(decision);
  const reason = REASONS[decision.reason];
  if (reason !== undefined) return { value: decision.arm, variant: decision.arm, reason, flagMetadata };
  return {
    value,
    reason: StandardResolutionReasons.ERROR,
    errorCode: ERRORS[decision.reason] ?? ErrorCode.GENERAL,
    errorMessage: `${key}: ${decision.reason}`,
    flagMetadata,
  };
}

/** Flat, and without nulls, as OpenFeature wants it. */
function metadataOf({ percent, slice, reviewId, version, reason }: Decision): FlagMetadata {
  return {
    percent,
    version,
    penumbraReason: reason,
    ...(slice === null ? {} : { slice }),
    ...(reviewId === null ? {} : { reviewId }),
  };
}
