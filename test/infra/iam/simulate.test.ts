import { describe, expect, it } from 'vitest';
import type { Statement } from '../graph.ts';
import { isAllowed } from './simulate.ts';

const statement = (overrides: Partial<Statement> = {}): Statement => ({
  effect: 'Allow',
  actions: ['s3:GetObject'],
  resources: ['arn:aws:s3:::data/*/records/*'],
  principal: undefined,
  conditions: {},
  ...overrides,
});
const get = { action: 's3:GetObject', resource: 'arn:aws:s3:::data/a/records/x', context: {} };

describe('the simulation of IAM', () => {
  it('lets nothing through that nobody allowed', () => {
    expect(isAllowed([], get)).toBe(false);
    expect(isAllowed([statement()], { ...get, action: 's3:PutObject' })).toBe(false);
    expect(isAllowed([statement()], { ...get, resource: 'arn:aws:s3:::data/a/metrics/x' })).toBe(false);
    expect(isAllowed([statement({ resources: ['arn:aws:s3:::data'] })], get)).toBe(false);
  });

  it('lets through what some statement allows, action and resource together', () => {
    expect(isAllowed([statement()], get)).toBe(true);
    const apart = [
      statement({ actions: ['s3:PutObject'] }),
      statement({ resources: ['arn:aws:s3:::other/*'] }),
    ];
    expect(isAllowed(apart, get)).toBe(false);
  });

  it('holds to conditions, also where the request says nothing of them', () => {
    const only = statement({ conditions: { StringLike: { 's3:prefix': ['*/records/date=*'] } } });
    expect(isAllowed([only], { ...get, context: { 's3:prefix': 'a/records/date=2001-02-03/' } })).toBe(true);
    expect(isAllowed([only], { ...get, context: { 's3:prefix': 'a/' } })).toBe(false);
    expect(isAllowed([only], get)).toBe(false);
    const ifThere = statement({ conditions: { StringLikeIfExists: { 's3:prefix': ['a/records/*'] } } });
    expect(isAllowed([ifThere], get)).toBe(true);
    expect(isAllowed([ifThere], { ...get, context: { 's3:prefix': 'b/' } })).toBe(false);
  });

  it('denies what is denied, whoever allows it', () => {
    expect(isAllowed([statement(), statement({ effect: 'Deny', actions: ['s3:*'] })], get)).toBe(false);
  });
});
