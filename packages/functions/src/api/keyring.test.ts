import { describe, expect, it } from 'vitest';
import { type AccessKey, accessKeySchema, keyring, sha256 } from './keyring.ts';

const kept = (name: string, key: string, access: AccessKey['access'] = 'read'): AccessKey => ({
  name,
  access,
  sha256: sha256(key).toString('hex'),
});

describe('a keyring', () => {
  const find = keyring([kept('checkout', 'a'), kept('ada', 'b', 'command'), kept('search', 'c')]);

  it('finds whose key it is, wherever it stands', () => {
    expect(find('a')).toEqual({ name: 'checkout', access: 'read' });
    expect(find('b')).toEqual({ name: 'ada', access: 'command' });
    expect(find('c')).toEqual({ name: 'search', access: 'read' });
  });

  it.each(['', 'd', 'A', 'ab', 'a ', sha256('a').toString('hex')])('finds nobody for %j', (presented) => {
    expect(find(presented)).toBeUndefined();
  });

  it('finds nobody where there are no keys', () => {
    expect(keyring([])('a')).toBeUndefined();
  });
});

describe('a key as it is kept', () => {
  it('is a name, an access and a SHA-256', () => {
    expect(accessKeySchema.safeParse(kept('ada', 'b')).success).toBe(true);
  });

  it.each([
    ['the key itself', { name: 'ada', access: 'read', sha256: 'b' }],
    ['another access', { ...kept('ada', 'b'), access: 'admin' }],
    ['no name', { ...kept('', 'b') }],
    ['a further field', { ...kept('ada', 'b'), key: 'b' }],
  ])('is not %s', (_, input) => {
    expect(accessKeySchema.safeParse(input).success).toBe(false);
  });
});
