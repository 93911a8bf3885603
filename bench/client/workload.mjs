/** Ten slices at 25 %, two conditions each, and requests spread over them and past them. */

export const PERCENT = 25;
const AIRPORTS = ['ATL', 'ORD', 'DFW', 'DEN', 'LAX', 'SFO', 'PHX', 'LAS', 'CLT', 'MCO'];

export const slices = AIRPORTS.map((airport, index) => ({
  slice: `slice-${index}`,
  when: [
    { field: 'airport', oneOf: [airport, `${airport}-2`] },
    { field: 'passengers', atLeast: 10, below: 300 },
  ],
  percent: PERCENT,
}));

export const document = {
  deployment: 'rebooking',
  version: 7,
  definitionVersion: 1,
  asOf: '2001-02-27',
  validUntil: '9999-01-01T00:00:00Z',
  certificate: { reviewId: 'rebooking/review/2001-02-27', sha256: '0'.repeat(64) },
  slices,
};

/** As many as a cache does not hold; a power of two. */
export const REQUESTS = 4096;

/** One in eleven belongs to no slice. The same order every time, mixed. */
export const requests = Array.from({ length: REQUESTS }, (_, index) => ({
  unit: `customer-${(index * 2_654_435_761) % 2 ** 32}`,
  airport: [...AIRPORTS, 'JFK'][(index * 7) % (AIRPORTS.length + 1)],
  passengers: 10 + ((index * 13) % 290),
  carrier: index % 2 === 0 ? 'WN' : 'AA',
}));
