import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from './decider.ts';
import { type RolloutCommand, type RolloutState, rollout, SHADOW, servedPercent } from './rollout.ts';
import type { RolloutEvent } from './rollout-events.ts';
import { specFor } from './testing/decider-spec.ts';
import { exampleDefinition, exampleRegression } from './testing/example-definition.ts';
import {
  approved,
  move,
  overridden,
  paused,
  registered,
  resumed,
  reviewed,
  reviewOf,
} from './testing/rollout-examples.ts';

const { given } = specFor(rollout);

const register: RolloutCommand = {
  type: 'Register',
  definition: exampleDefinition,
  startDate: '2001-02-01',
};
const revise = (definition = { ...exampleDefinition, description: 'clearer' }): RolloutCommand => ({
  type: 'Revise',
  definition,
});
const revised = (definition = { ...exampleDefinition, description: 'clearer' }): RolloutEvent => ({
  type: 'DefinitionRevised',
  data: { definition, definitionVersion: 2 },
});
const review = (...parts: Parameters<typeof reviewOf>): RolloutCommand => ({
  type: 'RecordReview',
  review: reviewOf(...parts),
});
const approve = (slice: string, stage: number): RolloutCommand => ({
  type: 'Approve',
  slice,
  stage,
  reason: 'looks right',
});
const pause: RolloutCommand = { type: 'Pause', reason: 'a holiday' };
const resume: RolloutCommand = { type: 'Resume', reason: 'back' };
const override = (slice: string | null): RolloutCommand => ({
  type: 'Override',
  slice,
  reason: 'complaints',
});

const promoted = [registered(), reviewed('2001-03-01', move('small-airports', 'promote', 0, 1))];

describe('a deployment', () => {
  it('starts with every slice in shadow', () => {
    given().when(register).thenEvent(registered());
    expect(given(registered()).state.slices).toEqual({ 'small-airports': SHADOW, hubs: SHADOW });
  });
  it('is registered once', () => {
    given(registered()).when(register).thenNothing('registered already');
  });
  it.each<RolloutCommand>([
    revise(),
    review('2001-03-01'),
    approve('hubs', 1),
    pause,
    resume,
    override(null),
  ])('must be registered before anything else: $type', (command) => {
    given().when(command).thenNothing('register it first');
  });
});

describe('a revised definition', () => {
  it('has the next version', () => {
    given(registered()).when(revise()).thenEvent(revised());
  });
  it('is no event where nothing changed, in whatever order a database gave the fields back', () => {
    const reordered = Object.fromEntries(Object.entries(exampleDefinition).reverse());
    given(registered())
      .when(revise({ ...exampleDefinition, ...reordered }))
      .thenNothing('no change');
    const otherOrder = reordered as typeof exampleDefinition;
    given(registered()).when(revise(otherOrder)).thenNothing('no change');
  });
  it('cannot rename the deployment', () => {
    given(registered()).when(revise(exampleRegression)).thenNothing('cannot rename');
  });
  it('keeps the stage of slices that stay, starts new ones in shadow, and ends those that it drops', () => {
    const [small] = exampleDefinition.slices;
    const added = { slice: 'constructor', when: [{ field: 'airport', equals: 'SFO' }] };
    const definition = { ...exampleDefinition, slices: [...(small ? [small] : []), added] };
    expect(given(...promoted, revised(definition)).state.slices).toEqual({
      'small-airports': {
        stage: 1,
        percent: 1,
        since: '2001-03-01',
        approvedStage: 0,
        rollbacks: 0,
        rolledBack: null,
      },
      constructor: SHADOW,
    });
  });
});

describe('a revision of what is judged', () => {
  const challenger = { ...exampleDefinition, model: { ...exampleDefinition.model, modelName: 'another' } };
  const another = revised(challenger as typeof exampleDefinition);

  it('of the challenger takes the traffic and the evidence of the one before', () => {
    const { state } = given(...promoted, another);
    expect(state.slices['small-airports']).toEqual(SHADOW);
    expect(state.evidence).toEqual([]);
    expect(state.challengerVersion).toBe(2);
    expect(servedPercent(state.exposures, 'small-airports', '2001-03-03')).toBe(0);
  });
  it('of the words alone takes nothing', () => {
    const { state } = given(...promoted, revised());
    expect(state.slices['small-airports']?.percent).toBe(1);
    expect(state.evidence).toHaveLength(1);
    expect(state.challengerVersion).toBe(1);
  });
  it('of the stages keeps the percentage, at the last stage that it reaches', () => {
    const stages = [0.5, 50, 100].map((percent) => ({
      percent,
      minDays: 7,
      minRows: 0,
      approval: 'automatic' as const,
      needs: 'proof' as const,
    }));
    const definition = { ...exampleDefinition, policy: { ...exampleDefinition.policy, stages } };
    expect(given(...promoted, revised(definition)).state.slices['small-airports']).toMatchObject({
      stage: 1,
      percent: 1,
    });
  });
});

describe('what a slice was served at', () => {
  const history = [
    ...promoted,
    reviewed('2001-03-08', move('small-airports', 'promote', 1, 2)),
    reviewed('2001-03-20', move('small-airports', 'roll-back', 2, 1)),
  ];
  const on = (date: string, ...more: RolloutEvent[]) =>
    servedPercent(given(...history, ...more).state.exposures, 'small-airports', date);

  it('is nothing in shadow, and afterwards what the last review said', () => {
    expect(on('2001-03-01')).toBe(0);
    expect(on('2001-03-03')).toBe(1);
    expect(on('2001-03-08')).toBe(1);
    expect(on('2001-03-10')).toBe(5);
    expect(on('2001-03-22')).toBe(1);
  });
  it('is not one percentage on the day on which it changed', () => {
    expect(['2001-03-02', '2001-03-09', '2001-03-21'].map((date) => on(date))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
  it('is nothing again after the kill switch', () => {
    expect(on('2001-03-22', overridden(null))).toBe(0);
  });
});

describe('a review', () => {
  it('is recorded once for each as-of date', () => {
    given(registered()).when(review('2001-03-01')).thenEvent(reviewed('2001-03-01'));
    given(registered(), reviewed('2001-03-01'))
      .when(review('2001-03-01'))
      .thenNothing('reviewed as of 2001-03-01');
    given(registered(), reviewed('2001-03-01'))
      .when(review('2001-02-28'))
      .thenNothing('reviewed as of 2001-03-01');
    given(registered(), reviewed('2001-03-01')).when(review('2001-03-02')).thenEvent(reviewed('2001-03-02'));
  });
  it('moves the slices that it promotes, and counts the time in their stage from its date', () => {
    expect(given(...promoted).state.slices['small-airports']).toMatchObject({
      stage: 1,
      percent: 1,
      since: '2001-03-01',
    });
    expect(given(...promoted).state.slices.hubs).toEqual(SHADOW);
  });
  it('leaves the slices that it holds as they are', () => {
    const held = [...promoted, reviewed('2001-03-02', move('small-airports', 'hold', 1, 1))];
    expect(given(...held).state.slices).toEqual(given(...promoted).state.slices);
  });
  it('counts the times that it rolled a slice back, and takes its approval away', () => {
    const back = [
      ...promoted,
      approved('small-airports', 2),
      reviewed('2001-03-09', move('small-airports', 'roll-back', 1, 0)),
    ];
    expect(given(...back).state.slices['small-airports']).toEqual({
      stage: 0,
      percent: 0,
      since: '2001-03-09',
      approvedStage: 0,
      rollbacks: 1,
      rolledBack: '2001-03-09',
    });
  });
  it('keeps the evidence in order of date, whichever day matured first', () => {
    const history = [registered(), reviewed('2001-03-05')];
    const late: RolloutEvent = {
      type: 'RolloutReviewed',
      data: { ...reviewOf('2001-03-06'), entered: [{ date: '2001-03-02', slices: {} }] },
    };
    expect(given(...history, late).state.evidence.map(({ date }) => date)).toEqual([
      '2001-03-02',
      '2001-03-05',
    ]);
  });
});

describe('an approval by a person', () => {
  it('is for the next stage of a slice', () => {
    given(registered()).when(approve('hubs', 1)).thenEvent(approved('hubs', 1));
    given(...promoted)
      .when(approve('small-airports', 2))
      .thenEvent(approved('small-airports', 2));
    expect(given(registered(), approved('hubs', 1)).state.slices.hubs?.approvedStage).toBe(1);
  });
  it('is for no other stage', () => {
    given(registered()).when(approve('hubs', 2)).thenNothing('stage 1 is the next');
    given(...promoted)
      .when(approve('small-airports', 1))
      .thenNothing('stage 2 is the next');
  });
  it('is given once', () => {
    given(registered(), approved('hubs', 1)).when(approve('hubs', 1)).thenNothing('approved already');
  });
  it('is for slices that exist, whatever a person types', () => {
    given(registered()).when(approve('nowhere', 1)).thenNothing('unknown slice nowhere');
    given(registered()).when(approve('constructor', 1)).thenNothing('unknown slice constructor');
    given(registered()).when(approve('__proto__', 1)).thenNothing('unknown slice __proto__');
  });
  it('is for stages that exist', () => {
    given(registered(), reviewed('2001-03-01', move('hubs', 'promote', 4, 5)))
      .when(approve('hubs', 6))
      .thenNothing('stage 5 is the last');
  });
});

describe('a pause', () => {
  it('holds until the rollout is resumed', () => {
    given(registered()).when(pause).thenEvent(paused());
    expect(given(registered(), paused()).state.paused).toBe('a holiday');
    given(registered(), paused()).when(resume).thenEvent(resumed());
    expect(given(registered(), paused(), resumed()).state.paused).toBeUndefined();
  });
  it('is one pause, however often it is asked for', () => {
    given(registered(), paused()).when(pause).thenNothing('paused already');
  });
  it('ends once, and only where there is one', () => {
    given(registered()).when(resume).thenNothing('neither paused nor overridden');
    given(registered(), paused(), resumed()).when(resume).thenNothing('neither paused nor overridden');
  });
});

describe('the kill switch', () => {
  it('takes all traffic from the challenger at once', () => {
    given(...promoted)
      .when(override(null))
      .thenEvent(overridden(null));
    const { state } = given(...promoted, overridden(null));
    expect(state.slices['small-airports']).toEqual({ ...SHADOW, since: '2001-03-01' });
    expect(state.overridden).toBe('complaints');
  });
  it('takes the traffic of one slice, and leaves the others', () => {
    const both = [...promoted, reviewed('2001-03-08', move('hubs', 'promote', 0, 1))];
    given(...both)
      .when(override('hubs'))
      .thenEvent(overridden('hubs'));
    const { slices } = given(...both, overridden('hubs')).state;
    expect([slices['small-airports']?.percent, slices.hubs?.percent]).toEqual([1, 0]);
  });
  it('remembers how often a slice was rolled back', () => {
    const history = [...promoted, reviewed('2001-03-02', move('small-airports', 'roll-back', 1, 0))];
    expect(given(...history, overridden(null)).state.slices['small-airports']?.rollbacks).toBe(1);
  });
  it('works before the first promotion too, and while paused', () => {
    given(registered()).when(override(null)).thenEvent(overridden(null));
    given(registered(), paused()).when(override(null)).thenEvent(overridden(null));
  });
  it('is thrown once, and again for a slice that still has traffic', () => {
    given(...promoted, overridden(null))
      .when(override(null))
      .thenNothing('overridden already');
    given(...promoted, overridden('hubs'))
      .when(override('small-airports'))
      .thenEvent(overridden('small-airports'));
  });
  it('is for slices that exist, whatever a person types', () => {
    given(registered()).when(override('nowhere')).thenNothing('unknown slice nowhere');
    given(registered()).when(override('constructor')).thenNothing('unknown slice constructor');
  });
  it('holds until the rollout is resumed', () => {
    given(...promoted, overridden(null))
      .when(resume)
      .thenEvent(resumed());
    expect(given(...promoted, overridden(null), resumed()).state.overridden).toBeUndefined();
  });
});

const commands = fc.oneof(
  fc.constantFrom<RolloutCommand>(
    register,
    revise(),
    revise(exampleDefinition),
    revise(exampleRegression),
    pause,
    resume,
    override(null),
    override('hubs'),
    override('nowhere'),
  ),
  fc
    .tuple(fc.constantFrom('small-airports', 'hubs', 'nowhere'), fc.integer({ min: 1, max: 6 }))
    .map(([slice, stage]) => approve(slice, stage)),
  fc
    .tuple(
      fc.integer({ min: 1, max: 28 }),
      fc.constantFrom('small-airports', 'hubs'),
      fc.constantFrom('promote' as const, 'hold' as const, 'roll-back' as const),
      fc.integer({ min: 0, max: 5 }),
    )
    .map(([date, slice, action, stage]) =>
      review(`2001-03-${String(date).padStart(2, '0')}`, move(slice, action, 0, stage)),
    ),
);

describe('whatever the order of reviews and of what people do', () => {
  const play = (sequence: readonly RolloutCommand[]): RolloutState[] => {
    const states = [rollout.initial];
    for (const command of sequence) {
      const state = states.at(-1) ?? rollout.initial;
      const decision = rollout.decide(state, command);
      if ('event' in decision) states.push(rollout.evolve(state, decision.event));
    }
    return states;
  };
  const anyCommands = fc.array(commands, { maxLength: 40, size: 'max' }).map((list) => [register, ...list]);

  it('a command twice in a row leads to nothing the second time', () => {
    fc.assert(
      fc.property(anyCommands, commands, (before, command) => {
        const state = play([...before, command]).at(-1) ?? rollout.initial;
        expect(rollout.decide(state, command)).toHaveProperty('nothing');
      }),
    );
  });

  it('definition versions and review dates only grow, and there are never other slices than defined', () => {
    fc.assert(
      fc.property(anyCommands, (sequence) => {
        const states = play(sequence);
        states.forEach((state, index) => {
          const before = states[index - 1] ?? rollout.initial;
          expect(state.definitionVersion).toBeGreaterThanOrEqual(before.definitionVersion);
          expect((state.lastReview?.asOf ?? '') >= (before.lastReview?.asOf ?? '')).toBe(true);
          const defined = state.definition?.slices.map(({ slice }) => slice) ?? [];
          expect(Object.keys(state.slices)).toEqual(defined);
        });
      }),
    );
  });

  it('after the kill switch no slice has traffic', () => {
    fc.assert(
      fc.property(anyCommands, (before) => {
        const state = play([...before, override(null)]).at(-1) ?? rollout.initial;
        expect(Object.values(state.slices).map(({ percent }) => percent)).toEqual([0, 0]);
        expect(fold(rollout, [resumed()], state).overridden).toBeUndefined();
      }),
    );
  });
});
