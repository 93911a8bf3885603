import { describe, expect, it } from 'vitest';
import { type Slice, sliceFields } from './slices.ts';

const slice = (name: string, ...when: Slice['when']): Slice => ({ slice: name, when });

describe('the fields that slices look at', () => {
  it('are each named once, in order of first use', () => {
    const slices = [
      slice('a', { field: 'y', equals: 1 }, { field: 'x', below: 1 }),
      slice('b', { field: 'x', equals: 1 }, { field: 'constructor', equals: 1 }),
    ];
    expect(sliceFields(slices)).toEqual(['y', 'x', 'constructor']);
  });
});
