import type { Backtest, Served } from '@penumbra/evaluator/backtest';
import type { Explanation, SliceExplanation } from '@penumbra/evaluator/explain';
import { expect, test } from 'vitest';
import { backtestText } from './backtest-text.ts';
import { explanationText } from './explanation-text.ts';

const slice: SliceExplanation = {
  slice: 'hub',
  from: { stage: 1, percent: 1 },
  to: { stage: 1, percent: 1 },
  action: 'hold',
  rule: 'not enough mature days',
  reasons: ['5 of the 7 mature days that this stage needs'],
  setting: { field: 'policy.stages.0.minDays', value: 7 },
  threshold: -0.25,
  daysInStage: 5,
  next: {
    stage: 2,
    percent: 5,
    missing: ['2 more mature days in this stage', "a person's approval of stage 2"],
    reviews: null,
    projected: false,
  },
  evidence: {
    matureDays: 30,
    rows: 60_000,
    meanDifference: 1.84,
    lowerBound: 0.61,
    upperBound: 3.07,
    standardDeviation: 2,
    autocorrelation: 0.125,
    effectiveDays: 23.4,
    verdict: 'EXCEEDS',
    alpha: 0.05,
    harmAlpha: 0.01,
  },
  days: ['2001-02-01', '2001-02-02', '2001-02-03', '2001-02-04'].map((date) => ({
    date,
    rows: 2000,
    meanDifference: 1.5,
    job: `penumbra-flight-delays-${date}-1`,
    predictions: [],
    metrics: { key: `metrics/${date}.arrow`, sha256: 'f599787e9150aaaa' },
    restated: date === '2001-02-04' ? '2001-02-20' : null,
  })),
};
const explained: Explanation = {
  deployment: 'flight-delays',
  currency: 'USD',
  asOf: '2001-03-12',
  definitionVersion: 1,
  held: [{ date: '2001-02-05', reason: 'the partition is empty' }],
  slices: [slice],
};
const plain = { simulated: false, everyDay: false, width: 120 };
const oneLine = (lines: readonly string[]) => lines.join(' ').replace(/\s+/g, ' ');

test('a decision with its rule, the numbers, the next step, and the job and file behind a day', () => {
  const text = oneLine(explanationText(explained, plain));
  expect(text).toContain('hub: held at 1 % (stage 1)');
  expect(text).toContain('Rule not enough mature days (policy.stages.0.minDays = 7)');
  expect(text).toContain('Because 5 of the 7 mature days that this stage needs.');
  expect(text).toContain('lower bound +$0.61, which must be above −$0.25');
  expect(text).toContain('30 mature days, worth 23.4 independent ones (autocorrelation 0.13)');
  expect(text).toContain(
    "to 5 % (stage 2) needs 2 more mature days in this stage; a person's approval of stage 2",
  );
  expect(text).toContain(
    'job penumbra-flight-delays-2001-02-04-1; metrics/2001-02-04.arrow (sha256 f599787e9150…)',
  );
  expect(text).toContain('corrected as of 2001-02-20, shown only');
  expect(text).toContain('2001-02-05 The partition is empty.');
  expect(text).not.toContain('2001-02-01:');
  expect(text).not.toContain('nobody was served');
});

test('every day where all are asked for, and of a trial that nobody was served', () => {
  const text = oneLine(explanationText(explained, { ...plain, simulated: true, everyDay: true }));
  expect(text).toContain('2001-02-01:');
  expect(text).toContain('A trial: nobody was served.');
});

test('what production reported, where it did', () => {
  const reported = {
    date: '2001-03-12',
    units: 4000,
    mismatches: 1203,
    exposures: 9000,
    unknown: 0,
    challengerUnits: 1240,
    controlUnits: 2760,
    expectedShare: 0.01,
    eValue: 1e9,
    mismatch: true,
  };
  const reporting = { ...slice, evidence: { ...slice.evidence, reported } };
  const text = oneLine(explanationText({ ...explained, slices: [reporting] }, plain));
  expect(text).toContain(
    'reports: 4,000 units on 2001-03-12, 1,203 of them in another arm than the log gives; e-value 1000000000',
  );
  expect(oneLine(explanationText(explained, plain))).not.toContain('reports:');
});

test('no line is wider than the terminal', () => {
  const narrow = explanationText(explained, { ...plain, width: 80 });
  const words = narrow.filter((line) => line.length > 80);
  expect(words).toEqual([]);
});

test('text of others does not steer the terminal', () => {
  const hostile = { ...slice, reasons: ['bad \u001b[2J reason'] };
  expect(explanationText({ ...explained, slices: [hostile] }, plain).join('\n')).not.toContain('\u001b');
});

const nothing: Served = {
  opened: null,
  complete: null,
  percent: 0,
  rollbacks: 0,
  records: 0,
  money: 0,
  harm: 0,
};
const found: Backtest = {
  deployment: 'flight-delays',
  currency: 'USD',
  from: '2001-02-01',
  to: '2001-03-12',
  sameAgain: true,
  slices: [
    {
      slice: 'hub',
      recorded: nothing,
      other: { ...nothing, opened: '2001-02-20', percent: 5, records: 1235, money: 6720, harm: -300 },
    },
  ],
  differences: [
    {
      asOf: '2001-02-20',
      slice: 'hub',
      recorded: undefined,
      other: {
        action: 'promote',
        from: { stage: 0, percent: 0 },
        to: { stage: 1, percent: 1 },
        rule: 'proven',
        reason: 'the challenger exceeds the incumbent',
      },
    },
  ],
  ignored: [],
};

test('both policies side by side: the day each slice opened, the money and the harm', () => {
  const text = oneLine(backtestText(found, false, 120));
  expect(text).toContain('hub recorded never never 0 % 0 0 $0.00 $0.00');
  expect(text).toContain('other 2001-02-20 never 5 % 0 1,235 +$6,720 −$300.00');
  expect(text).toContain('1 decision differs:');
  expect(text).toContain('2001-02-20 hub held 0 % → 1 % the challenger exceeds the incumbent');
});

test('the same decisions, and a log of another version, are told', () => {
  const same = oneLine(backtestText({ ...found, differences: [], sameAgain: false }, true, 120));
  expect(same).toContain('No review moves a slice differently.');
  expect(same).toContain('made by another version of the code');
  expect(same).toContain('A trial: nobody was served.');
});
