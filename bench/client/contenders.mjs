import { GrowthBookClient } from '@growthbook/growthbook';
import { FlagdCore } from '@openfeature/flagd-core';
import { InMemStorageProvider, Unleash } from 'unleash-client';
import { createClient, staticSource } from '../../packages/client/dist/index.js';
import { document, PERCENT, requests, slices } from './workload.mjs';

/** Each: the version, and the decisions on all requests as a function of a request's number. */

function penumbra() {
  const client = createClient({ deployments: ['rebooking'], source: staticSource(document) });
  return (index) => client.decide('rebooking', requests[index]).arm === 'challenger';
}

/** The definition that Penumbra itself exports: the same slices, the same buckets. */
function flagd(definition) {
  const contexts = requests.map(({ unit, ...attributes }) => ({ ...attributes, targetingKey: unit }));
  const core = new FlagdCore();
  core.setConfigurations(JSON.stringify(definition));
  return (index) =>
    core.resolveStringEvaluation('rebooking', 'incumbent', contexts[index]).value === 'challenger';
}

/** A feature with one experiment rule a slice; the first whose condition holds. */
function growthBook() {
  const contexts = requests.map(({ unit, ...attributes }) => ({ attributes: { ...attributes, id: unit } }));
  const rules = slices.map(({ slice, when: [airport, passengers] }) => ({
    key: slice,
    condition: {
      airport: { $in: airport.oneOf },
      passengers: { $gte: passengers.atLeast, $lt: passengers.below },
    },
    variations: ['challenger', 'incumbent'],
    weights: [PERCENT / 100, 1 - PERCENT / 100],
    hashAttribute: 'id',
    hashVersion: 2,
  }));
  const client = new GrowthBookClient().initSync({
    payload: { features: { rebooking: { defaultValue: 'incumbent', rules } } },
  });
  return (index) => client.getFeatureValue('rebooking', 'incumbent', contexts[index]) === 'challenger';
}

/** A toggle with one gradual-rollout strategy a slice; any that is enabled. */
async function unleash() {
  const contexts = requests.map(({ unit, airport, passengers, carrier }) => ({
    userId: unit,
    properties: { airport, passengers, carrier },
  }));
  const strategies = slices.map(({ when: [airport, passengers] }) => ({
    name: 'flexibleRollout',
    parameters: { rollout: String(PERCENT), stickiness: 'userId', groupId: 'rebooking' },
    constraints: [
      { contextName: 'airport', operator: 'IN', values: airport.oneOf },
      { contextName: 'passengers', operator: 'NUM_GTE', value: String(passengers.atLeast), values: [] },
      { contextName: 'passengers', operator: 'NUM_LT', value: String(passengers.below), values: [] },
    ],
  }));
  const client = new Unleash({
    url: 'http://127.0.0.1:9/',
    appName: 'bench',
    refreshInterval: 0,
    disableMetrics: true,
    skipInstanceCountWarning: true,
    storageProvider: new InMemStorageProvider(),
    bootstrap: { data: [{ name: 'rebooking', enabled: true, strategies, variants: [] }] },
  });
  // It would fetch from a server; its bootstrap is what is measured.
  client.on('error', () => {});
  client.on('warn', () => {});
  await new Promise((resolve) => client.once('ready', resolve));
  return (index) => client.isEnabled('rebooking', contexts[index]);
}

export async function contenders(flagdDefinition) {
  return [
    { name: '@penumbra/client', decide: penumbra() },
    { name: '@openfeature/flagd-core', decide: flagd(flagdDefinition) },
    { name: '@growthbook/growthbook', decide: growthBook() },
    { name: 'unleash-client', decide: await unleash() },
  ];
}
