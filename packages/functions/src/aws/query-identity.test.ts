import { describe, expect, it } from 'vitest';
import { signed, signerOf, tokenOf } from './query-identity.ts';

const partition = { deployment: 'flight-delays', date: '2001-02-03' };

describe('a signed statement', () => {
  it('says whose it is, to who signed it', () => {
    const statement = signed('SELECT 1', 'penumbra-ada', partition);
    expect(statement).toBe('SELECT 1\n-- penumbra-ada flight-delays 2001-02-03');
    expect(signerOf('penumbra-ada', statement)).toEqual(partition);
    expect(signerOf('penumbra', statement)).toBeUndefined();
  });

  it.each([
    'SELECT 1',
    'SELECT 1\n-- penumbra-ada flight-delays yesterday',
    '-- penumbra-ada flight-delays 2001-02-03\nSELECT 1',
  ])('is none of ours without that (%j)', (statement) => {
    expect(signerOf('penumbra-ada', statement)).toBeUndefined();
  });
});

describe('a token', () => {
  it('is one that Athena takes, the same for the same request and no other', () => {
    const token = tokenOf('penumbra-ada', 'd/day/2001-02-03/0004', 'SELECT 1');
    expect(token).toMatch(/^[0-9a-f]{64}$/);
    expect(tokenOf('penumbra-ada', 'd/day/2001-02-03/0004', 'SELECT 1')).toBe(token);
    expect(tokenOf('penumbra-ada', 'd/day/2001-02-03/0005', 'SELECT 1')).not.toBe(token);
    expect(tokenOf('penumbra-ada', 'd/day/2001-02-03/0004SELECT', ' 1')).not.toBe(token);
  });
});
