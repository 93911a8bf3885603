import { addDays } from '@penumbra/core/calendar';
import type { SliceNumbers, Stratum } from '@penumbra/core/day-events';
import { projectRollout } from '@penumbra/core/project-rollout';
import type { RolloutReview, SliceReview } from '@penumbra/core/rollout-events';
import { describe, expect, it } from 'vitest';
import { seededRandom } from './inference/seeded-random.ts';
import { review } from './policy.ts';
import { definitionWith, play } from './testing/virtual-rollout.ts';
import { matureDay, START, sliceOf, virtualRollout } from './virtual-rollout.ts';

/** Mean differences around `effect` with a standard deviation of .3, the same on every call. */
const noise = (() => {
  const random = seededRandom(4);
  const draws = Array.from({ length: 2000 }, () => 0.3 * random.normal());
  return (index: number, slice = 0) => draws[(index * 7 + slice * 501) % draws.length] ?? 0;
})();
const days =
  (effects: Readonly<Record<string, number>>, rows = 1000) =>
  (index: number) =>
    Object.fromEntries(
      Object.entries(effects).map(([slice, effect], which) => [
        slice,
        sliceOf(rows, effect + noise(index, which)),
      ]),
    );

const quick = {
  shadowDays: 8,
  cooldownDays: 5,
  stages: [10, 50, 100].map((percent) => ({ percent, minDays: 2, minRows: 0 })),
};
const of = (reviewed: RolloutReview, slice: string): SliceReview => {
  const found = reviewed.slices.find((candidate) => candidate.slice === slice);
  if (!found) throw new Error(`no review of ${slice}`);
  return found;
};
const moves = (reviews: readonly RolloutReview[]) =>
  reviews.flatMap(({ slices }, index) =>
    slices
      .filter(({ action }) => action !== 'hold')
      .map(({ slice, to }) => `${index + 1}: ${slice} ${to.percent} %`),
  );
const better = { regional: 3, hub: 3 };

describe('a ramp by default', () => {
  it('is 21 mature days in shadow, then 1, 5, 25, 50 and 100 %, 7 days each, one slice after the other', () => {
    expect(moves(play(virtualRollout(definitionWith()), 90, days(better)))).toEqual([
      '21: regional 1 %',
      '29: regional 5 %',
      '37: regional 25 %',
      '45: regional 50 %',
      '53: regional 100 %',
      '53: hub 1 %',
      '61: hub 5 %',
      '69: hub 25 %',
      '77: hub 50 %',
      '85: hub 100 %',
    ]);
  });

  it('stays in shadow where the challenger is not better, and says so', () => {
    const reviews = play(virtualRollout(definitionWith()), 60, days({ regional: 0, hub: 0 }));
    expect(moves(reviews)).toEqual([]);
    const last = of(reviews.at(-1) as RolloutReview, 'regional');
    expect(last.rule).toBe('not proven');
    expect(last.reasons[0]).toBe('not proven yet: the verdict is INCONCLUSIVE, MEETS is needed');
    expect(last.reasons[1]).toMatch(
      /^on 60 mature days and 60,000 records the challenger earned \$[\d.]+ (more|less) per record than the incumbent, between \$[\d.]+ less and \$[\d.]+ more with 95 % confidence at every look$/,
    );
  });

  it('asks for records too, not only for days', () => {
    const reviews = play(virtualRollout(definitionWith()), 40, days({ regional: 3 }, 120));
    expect(moves(reviews)).toEqual(['21: regional 1 %', '31: regional 5 %']);
    expect(of(reviews[28] as RolloutReview, 'regional').reasons[0]).toBe(
      '840 of the 1,000 records that this stage needs',
    );
  });

  it('leaves thin days out of the evidence', () => {
    const reviews = play(virtualRollout(definitionWith()), 40, days({ regional: 3 }, 99));
    expect(of(reviews.at(-1) as RolloutReview, 'regional')).toMatchObject({
      rule: 'no evidence',
      evidence: { verdict: 'NOT_ASSESSABLE', matureDays: 0, meanDifference: null },
    });
  });

  it('keeps a holdout with the incumbent for good', () => {
    const rollout = virtualRollout(definitionWith({ ...quick, holdoutPercent: 5 }));
    expect(moves(play(rollout, 16, days({ regional: 3 }))).at(-1)).toBe('14: regional 95 %');
    expect(rollout.state().slices.regional).toMatchObject({ stage: 3, percent: 95 });
  });
});

describe('a margin', () => {
  it('lets a challenger that is as good meet the incumbent, and require: EXCEEDS does not', () => {
    const equal = days({ regional: 0.1 });
    const meets = play(virtualRollout(definitionWith({ ...quick, margin: 3 })), 12, equal);
    expect(of(meets.at(-1) as RolloutReview, 'regional').evidence.verdict).toBe('MEETS');
    expect(moves(meets).length).toBeGreaterThan(0);
    expect(of(meets.at(-1) as RolloutReview, 'regional').reasons.join('; ')).toContain(
      'with 95 % confidence at every look, where $3.00 less is allowed',
    );
    const exceeds = play(
      virtualRollout(definitionWith({ ...quick, margin: 3, require: 'EXCEEDS' })),
      12,
      equal,
    );
    expect(moves(exceeds)).toEqual([]);
    expect(of(exceeds.at(-1) as RolloutReview, 'regional').reasons[0]).toBe(
      'not proven yet: the verdict is MEETS, EXCEEDS is needed',
    );
  });
});

describe('what holds a promotion', () => {
  const proven = (policy = {}, more = {}) => {
    const rollout = virtualRollout(definitionWith({ ...quick, ...policy }, more));
    const play_ = (count: number, from: number) => play(rollout, count, days(better), from);
    return { rollout, play: play_ };
  };

  it('is a pause, until it ends', () => {
    const { rollout, play: on } = proven();
    rollout.person({ type: 'Pause', reason: 'a holiday' });
    expect(moves(on(10, 0))).toEqual([]);
    rollout.person({ type: 'Resume', reason: 'back' });
    expect(moves(on(1, 10))).toEqual(['1: regional 10 %']);
  });

  it('is a person who did not approve yet, stage by stage', () => {
    const stages = quick.stages.map((stage) => ({ ...stage, approval: 'manual' }));
    const { rollout, play: on } = proven({ stages });
    const waiting = on(10, 0);
    expect(moves(waiting)).toEqual([]);
    expect(of(waiting.at(-1) as RolloutReview, 'regional').rule).toBe('approval pending');
    rollout.person({ type: 'Approve', slice: 'regional', stage: 1, reason: 'fine' });
    expect(moves(on(5, 10))).toEqual(['1: regional 10 %']);
    rollout.person({ type: 'Approve', slice: 'regional', stage: 2, reason: 'fine' });
    expect(moves(on(1, 15))).toEqual(['1: regional 50 %']);
  });

  it('is a missing day: the date that came of age must be evidence', () => {
    const rollout = virtualRollout(definitionWith(quick));
    play(rollout, 7, days(better));
    const missing = play(rollout, 1, () => undefined, 7);
    expect(of(missing[0] as RolloutReview, 'regional').rule).toBe('data missing');
    expect(of(missing[0] as RolloutReview, 'regional').reasons[0]).toContain(addDays(START, 7));
    expect(moves(play(rollout, 1, days(better), 8))).toEqual(['1: regional 10 %']);
  });

  it('is the kill switch', () => {
    const { rollout, play: on } = proven();
    on(12, 0);
    rollout.person({ type: 'Override', slice: null, reason: 'complaints' });
    const after = on(20, 12);
    expect(moves(after)).toEqual([]);
    expect(of(after.at(-1) as RolloutReview, 'regional').rule).toBe('overridden');
  });

  it('is evidence on an earlier challenger', () => {
    const rollout = virtualRollout(definitionWith(quick));
    play(rollout, 12, days(better));
    expect(rollout.state().slices.regional?.percent).toBe(50);
    const { definition } = rollout.state();
    if (!definition) throw new Error('not registered');
    rollout.person({
      type: 'Revise',
      definition: { ...definition, records: { ...definition.records, unit: 'x' } },
    });
    expect(rollout.state().slices.regional?.percent).toBe(0);
    const old = matureDay(addDays(START, 12), days(better)(12), {
      partition: { files: [], rows: 1, definitionVersion: 1 },
      predictions: [],
    });
    const reviewed = rollout.review(addDays(START, 13), [old]);
    expect(reviewed.entered).toEqual([]);
    expect(reviewed.held[0]?.reason).toBe('it was scored before the challenger was revised');
  });
});

const harmful = days({ regional: -8, hub: 3 });

describe('a rollback', () => {
  /** Regional at 50 %, hub in shadow. */
  const exposed = (policy = {}) => {
    const rollout = virtualRollout(definitionWith({ ...quick, ...policy }));
    play(rollout, 12, days(better));
    expect(rollout.state().slices.regional).toMatchObject({ stage: 2, percent: 50 });
    return rollout;
  };
  const untilBack = (rollout: ReturnType<typeof exposed>, from: number) => {
    for (let index = from; index < from + 40; index += 1) {
      const [reviewed] = play(rollout, 1, harmful, index);
      if (reviewed && of(reviewed, 'regional').action === 'roll-back') return { reviewed, index };
    }
    throw new Error('never rolled back');
  };

  it('goes to the last safe stage, and a second one to shadow', () => {
    const rollout = exposed({ stages: [...quick.stages.slice(0, 2), { percent: 60, minDays: 400 }] });
    play(rollout, 3, days(better), 12);
    const first = untilBack(rollout, 15);
    const { to, from, rule, reasons } = of(first.reviewed, 'regional');
    expect([from.stage, to.stage, rule]).toEqual([3, 2, 'harm']);
    expect(reasons[0]).toMatch(/loses more than the margin allows; back to the last safe stage, \d+ %$/);
    const second = untilBack(rollout, first.index + 1);
    expect(of(second.reviewed, 'regional').to).toEqual({ stage: 0, percent: 0 });
    expect(of(second.reviewed, 'regional').reasons[0]).toMatch(/; back to shadow$/);
  });

  it.each([
    ['a pause', (rollout: ReturnType<typeof exposed>) => rollout.person({ type: 'Pause', reason: 'x' })],
    [
      'the kill switch of another slice',
      (rollout: ReturnType<typeof exposed>) =>
        rollout.person({ type: 'Override', slice: 'hub', reason: 'x' }),
    ],
  ])('is not blocked by %s', (_, block) => {
    const rollout = exposed();
    block(rollout);
    expect(of(untilBack(rollout, 12).reviewed, 'regional').action).toBe('roll-back');
  });

  it('is not blocked by a pending approval', () => {
    const stages = quick.stages.map((stage, index) => ({
      ...stage,
      approval: index === 2 ? 'manual' : 'automatic',
    }));
    expect(of(untilBack(exposed({ stages }), 12).reviewed, 'regional').action).toBe('roll-back');
  });

  it('is not blocked by missing data: what is known suffices', () => {
    const rollout = exposed({
      stages: [{ percent: 10, minDays: 2, minRows: 0 }, { percent: 50, minDays: 400 }, { percent: 100 }],
    });
    const bad = Array.from({ length: 12 }, (_, index) =>
      matureDay(addDays(START, 13 + index), harmful(13 + index)),
    );
    // The twelve days come at once, weeks later, with a date that is missing.
    const reviewed = rollout.review(addDays(START, 40), bad);
    expect(of(reviewed, 'regional')).toMatchObject({ action: 'roll-back', rule: 'harm' });
    expect(of(reviewed, 'hub').action).toBe('hold');
  });

  it('is followed by a cooldown, and by proof from new days alone', () => {
    const rollout = exposed();
    const { index } = untilBack(rollout, 12);
    const after = play(rollout, 12, days({ regional: 6, hub: 3 }), index + 1);
    expect(after.slice(0, 4).map((reviewed) => of(reviewed, 'regional').rule)).toEqual(
      Array(4).fill('cooldown'),
    );
    expect(of(after[1] as RolloutReview, 'regional').evidence.matureDays).toBe(1);
    expect(moves(after)[0]).toMatch(/^\d+: regional 50 %$/);
  });

  it('leaves the slices alone that are already open', () => {
    const rollout = virtualRollout(definitionWith(quick));
    play(rollout, 16, days(better));
    expect(rollout.state().slices.hub?.stage).toBeGreaterThan(0);
    const { reviewed, index } = untilBack(rollout, 16);
    expect(of(reviewed, 'hub').to.stage).toBeGreaterThanOrEqual(of(reviewed, 'hub').from.stage);
    const after = play(rollout, 9, harmful, index + 1);
    for (const later of after) expect(of(later, 'hub').action).not.toBe('roll-back');
    expect(rollout.state().slices.hub?.percent).toBe(100);
  });
});

describe('a slice that is not proven', () => {
  const mixed = days({ regional: 0, hub: 3 });

  it('by default lets the later ones wait, each at the full alpha', () => {
    const reviews = play(virtualRollout(definitionWith(quick)), 30, mixed);
    expect(moves(reviews)).toEqual([]);
    const last = of(reviews.at(-1) as RolloutReview, 'hub');
    expect(last.rule).toBe('earlier slice first');
    expect(last.evidence.alpha).toBe(0.05);
  });

  it('where it is skipped, stays in shadow and watched, and the later ones open at alpha / slices', () => {
    const reviews = play(virtualRollout(definitionWith({ ...quick, onUnproven: 'skip' })), 30, mixed);
    expect(moves(reviews).every((move) => move.includes('hub'))).toBe(true);
    expect(moves(reviews).at(-1)).toMatch(/hub 100 %$/);
    const last = of(reviews.at(-1) as RolloutReview, 'regional');
    expect(last).toMatchObject({ rule: 'not proven', to: { percent: 0 } });
    expect(last.evidence).toMatchObject({ alpha: 0.025, matureDays: 30 });
  });

  it('where it is skipped, an earlier slice on its way still goes first', () => {
    const reviews = play(virtualRollout(definitionWith({ ...quick, onUnproven: 'skip' })), 16, days(better));
    expect(
      moves(reviews)
        .slice(0, 4)
        .map((move) => move.replace(/^\d+: /, '')),
    ).toEqual(['regional 10 %', 'regional 50 %', 'regional 100 %', 'hub 10 %']);
  });
});

describe('the arms of a served slice', () => {
  /** Strata at the cuts of the policy: rows and mean value of each decider, per unit one record. */
  const strata = (challenger: number, incumbent: number, spread = 1): Stratum[] =>
    [
      [10, 100],
      [50, 400],
      [100, 500],
    ].map(([upTo = 0, rows = 0]) => ({
      upTo,
      units: rows,
      rows,
      challenger: { sum: rows * challenger, sumOfSquares: rows * (challenger ** 2 + spread) },
      incumbent: { sum: rows * incumbent, sumOfSquares: rows * (incumbent ** 2 + spread) },
    }));
  const withArms = (index: number, challenger: number, more: Partial<SliceNumbers> = {}) => ({
    regional: sliceOf(1000, 3 + noise(index), { strata: strata(challenger, 0), ...more }),
  });

  it('are compared on the whole days of the stage, not on the day on which the percentage changed', () => {
    const rollout = virtualRollout(definitionWith(quick));
    play(rollout, 8, (index) => withArms(index, 0));
    const reviews = play(rollout, 2, (index) => withArms(index, 0), 8);
    // Reviewed as of day 8, effective in the course of day 9: day 8 is in shadow, day 9 mixed.
    expect(reviews.map((reviewed) => of(reviewed, 'regional').evidence.arms?.days)).toEqual([
      undefined,
      undefined,
    ]);
    const { evidence } = of(
      play(rollout, 1, (index) => withArms(index, 0), 10)[0] as RolloutReview,
      'regional',
    );
    expect(evidence.arms).toMatchObject({ days: 1, challengerRows: 100, controlRows: 900, difference: 0 });
  });

  it('roll back on harm that the pairing cannot see, and say what they saw', () => {
    const rollout = virtualRollout(
      definitionWith({ ...quick, stages: [{ percent: 10, minDays: 30 }, { percent: 100 }] }),
    );
    const reviews = play(rollout, 16, (index) => withArms(index, index < 8 ? 0 : -2));
    const back = reviews.find((reviewed) => of(reviewed, 'regional').action === 'roll-back');
    if (!back) throw new Error('never rolled back');
    const { evidence, reasons } = of(back, 'regional');
    expect(evidence.verdict).not.toBe('HARMS');
    expect(evidence.arms?.verdict).toBe('HARMS');
    expect(reasons[0]).toBe(
      'the records that the challenger decided earn less than those beside them; back to shadow',
    );
    expect(reasons.join('; ')).toMatch(
      /side by side, the \d+ records of the challenger's arm earned \$2\.00 less each/,
    );
  });

  it('are looked at anew every week, so that good weeks do not hide a challenger that turned bad', () => {
    const stages = [{ percent: 10, minDays: 300 }, { percent: 100 }];
    const rollout = virtualRollout(definitionWith({ ...quick, stages }));
    const reviews = play(rollout, 90, (index) => withArms(index, index < 70 ? 0 : -0.6));
    const [back] = reviews.flatMap((reviewed, index) =>
      of(reviewed, 'regional').action === 'roll-back' ? [{ index, ...of(reviewed, 'regional') }] : [],
    );
    expect(back?.reasons[0]).toMatch(
      /^after 2001-0\d-\d\d the records that the challenger decided earn less than those beside them; back to shadow$/,
    );
    expect(back?.evidence.arms?.verdict).toBe('INCONCLUSIVE');
    expect(back?.evidence.watch?.find(({ by }) => by === 'arms')?.verdict).toBe('HARMS');
    expect(back?.index).toBeLessThan(80);
  });

  it('do not blame the challenger for whom the draw gave it: what differed in shadow is taken off', () => {
    const rollout = virtualRollout(
      definitionWith({ ...quick, stages: [{ percent: 10, minDays: 60 }, { percent: 100 }] }),
    );
    // The first tenth of the units is worth 2 less under either decision, every day.
    const poorer = (index: number) => {
      const [first, ...rest] = strata(-2, -2);
      return {
        regional: sliceOf(1000, 3 + noise(index), {
          strata: [
            ...(first ? [first] : []),
            ...rest.map((each) => ({ ...each, ...strata(0, 0)[1], upTo: each.upTo })),
          ],
        }),
      };
    };
    const reviews = play(rollout, 40, poorer);
    expect(moves(reviews)).toEqual(['8: regional 10 %']);
    expect(of(reviews.at(-1) as RolloutReview, 'regional').evidence.arms?.baseline).toBeCloseTo(-2, 9);
    expect(of(reviews.at(-1) as RolloutReview, 'regional').evidence.arms?.difference).toBeCloseTo(0, 9);
  });

  it('that lack units hold everything: a sample-ratio mismatch', () => {
    const rollout = virtualRollout(
      definitionWith({ ...quick, stages: [{ percent: 10, minDays: 3, minRows: 0 }, { percent: 100 }] }),
    );
    const lossy = (index: number) => {
      const [first, ...rest] = strata(0, 0);
      return {
        regional: sliceOf(1000, 3 + noise(index), {
          strata: first ? [{ ...first, units: index < 9 ? 100 : 30 }, ...rest] : [],
        }),
      };
    };
    const reviews = play(rollout, 30, lossy);
    expect(moves(reviews)[0]).toBe('8: regional 10 %');
    const { rule, reasons } = of(reviews[15] as RolloutReview, 'regional');
    expect(rule).toBe('sample ratio');
    expect(reasons[0]).toMatch(/^3\.2\d? % of the units are in the challenger's arm where 10 % should be/);
  });
});

describe('a review', () => {
  it('may quote data that is no well-formed text, and still be certified', () => {
    const rollout = virtualRollout(definitionWith(quick));
    const problems = [
      { where: 'part-0.jsonl', what: 'the id "a\ud83d" is there twice', remedy: 'Write it again' },
    ];
    const rejected = { step: 'records' as const, problems, files: [] };
    const [held] = rollout.review(addDays(START, 1), [{ date: START, state: { looks: [], rejected } }]).held;
    expect(held?.reason).toContain('the id "a\ufffd" is there twice');
    expect(projectRollout(rollout.state(), 2)?.certificate?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('guardrails', () => {
  const confusion = (falsePositive: number) => ({
    value: 0,
    confusion: { truePositive: 100, falsePositive, falseNegative: 0, trueNegative: 900 - falsePositive },
  });
  const falseAlarms = (more: (index: number) => number) => (index: number) => {
    const challenger = confusion(100 + more(index) + Math.round(3 * noise(index, 1)));
    return { regional: sliceOf(1000, 3 + noise(index), { challenger, incumbent: confusion(100) }) };
  };
  const policy = { ...quick, guardrails: [{ metric: 'falsePositives', margin: 0.05 }] };

  it('must be proven for a promotion, all of them', () => {
    const within = play(
      virtualRollout(definitionWith(policy)),
      12,
      falseAlarms(() => 0),
    );
    expect(moves(within)[0]).toBe('8: regional 10 %');
    const beyond = play(
      virtualRollout(definitionWith(policy)),
      30,
      falseAlarms(() => 50),
    );
    expect(moves(beyond)).toEqual([]);
    const last = of(beyond.at(-1) as RolloutReview, 'regional');
    expect(last.rule).toBe('guardrail');
    expect(last.reasons[0]).toMatch(/^the guardrail falsePositives is not proven to stay within 0\.05/);
  });

  it('roll back where one does harm, at alpha over the number of bounds that can', () => {
    const reviews = play(
      virtualRollout(definitionWith(policy)),
      40,
      falseAlarms((index) => (index < 12 ? 0 : 400)),
    );
    const back = reviews.find((reviewed) => of(reviewed, 'regional').action === 'roll-back');
    const { reasons, evidence } = of(back as RolloutReview, 'regional');
    expect(reasons[0]).toMatch(/^the guardrail falsePositives is beyond its margin; back to/);
    expect(evidence.harmAlpha).toBeCloseTo(0.05 / 6, 12);
  });

  it.each([
    [
      'coverage',
      (index: number) =>
        sliceOf(1000, 3 + noise(index), { rows: 1010 + Math.round(Math.abs(noise(index, 1))) }),
      0.1,
    ],
    [
      'calibration',
      (index: number) =>
        sliceOf(1000, 3 + noise(index), {
          scoreBins: { rows: [500, 500], scores: [100, 400 + 5 * noise(index, 1)], positives: [100, 400] },
        }),
      0.05,
    ],
    ['brier', (index: number) => sliceOf(1000, 3 + noise(index), { brier: 150 + 5 * noise(index, 1) }), 0.2],
    [
      'drift',
      (index: number) =>
        sliceOf(1000, 3 + noise(index), {
          scoreBins: {
            rows: [500 + Math.round(9 * noise(index, 1)), 500],
            scores: [0, 0],
            positives: [0, 0],
          },
        }),
      0.1,
    ],
  ])('%s is a metric of the day, proven within its margin', (metric, numbers, margin) => {
    const rollout = virtualRollout(definitionWith({ ...quick, guardrails: [{ metric, margin }] }));
    const reviews = play(rollout, 20, (index) => ({ regional: numbers(index) }));
    expect(of(reviews.at(-1) as RolloutReview, 'regional').evidence.guardrails?.[0]).toMatchObject({
      metric,
      verdict: 'MEETS',
    });
    const tight = virtualRollout(definitionWith({ ...quick, guardrails: [{ metric, margin: 0 }] }));
    const never = play(tight, 20, (index) => ({ regional: numbers(index) }));
    expect(moves(never)).toEqual([]);
  });

  it('transform failures are bounded as a share, without taking them for normal', () => {
    const transform = (attempt: number) => ({
      attempt,
      jobName: 'job',
      phase: 'completed' as const,
      retry: false,
    });
    const rollout = virtualRollout(
      definitionWith({ ...quick, guardrails: [{ metric: 'transformFailures', margin: 0.3 }] }),
    );
    const reviews = Array.from({ length: 30 }, (_, index) =>
      rollout.review(addDays(START, index + 1), [
        matureDay(addDays(START, index), days({ regional: 3 })(index), { transform: transform(1) }),
      ]),
    );
    expect(moves(reviews)[0]).toMatch(/^2\d: regional 10 %$/);
    expect(of(reviews[10] as RolloutReview, 'regional').rule).toBe('guardrail');
  });
});

describe('selective labels', () => {
  const selective = (lowest: number, highest: number) => (index: number) => ({
    regional: sliceOf(1000, 0, {
      selective: {
        identified: { rows: 600, sum: 0, sumOfSquares: 0 },
        worstCase: {
          rows: 1000,
          lowest: 1000 * (lowest + noise(index)),
          highest: 1000 * (highest + noise(index)),
        },
      },
    }),
  });
  const definition = definitionWith(quick, { outcomeObservableWhen: 'acted' });

  it('promote nothing automatically, however clear the identified rows are', () => {
    const rollout = virtualRollout(definition);
    const reviews = play(rollout, 30, selective(3, 9));
    expect(moves(reviews)).toEqual([]);
    const { rule, evidence, reasons } = of(reviews.at(-1) as RolloutReview, 'regional');
    expect(rule).toBe('approval pending');
    expect(evidence).toMatchObject({ verdict: 'EXCEEDS', rows: 30 * 600 });
    expect(reasons.join('; ')).toMatch(/if the outcomes that nobody saw were as bad as can be it earned \$/);
    rollout.person({ type: 'Approve', slice: 'regional', stage: 1, reason: 'seen' });
    const [approved] = play(rollout, 1, selective(3, 9), 30);
    expect(of(approved as RolloutReview, 'regional')).toMatchObject({ action: 'promote', rule: 'approved' });
  });

  it('are inconclusive where the worst case loses, and a harm only where the best case does', () => {
    const wide = play(virtualRollout(definition), 30, selective(-6, 6)).at(-1) as RolloutReview;
    expect(of(wide, 'regional').evidence.verdict).toBe('INCONCLUSIVE');
    const lost = play(virtualRollout(definition), 30, selective(-9, -5)).at(-1) as RolloutReview;
    expect(of(lost, 'regional').evidence.verdict).toBe('HARMS');
  });
});

describe('a review is a pure function', () => {
  it('of the state and the days, whatever the order in which the days are given', () => {
    const rollout = virtualRollout(definitionWith(quick));
    play(rollout, 6, days(better));
    const late = [6, 7, 8].map((index) => matureDay(addDays(START, index), days(better)(index)));
    const asOf = addDays(START, 9);
    const one = review(rollout.state(), late, asOf);
    expect(review(rollout.state(), late, asOf)).toEqual(one);
    expect(review(rollout.state(), [...late].reverse(), asOf).slices).toEqual(one.slices);
  });
});
