import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coverage, type DayCommand, type DayState, day, next, notAssessable, owedLooks } from './day.ts';
import type { DayEvent } from './day-events.ts';
import { fold } from './decider.ts';
import {
  completed,
  completeTransform,
  evaluate,
  evaluated,
  failed,
  failTransform,
  file,
  landed,
  landOutcomes,
  landPredictions,
  makeReady,
  mature,
  matured,
  predictionsLanded,
  ready,
  reject,
  rejected,
  restate,
  restated,
  submitTransform,
  submitted,
  summary,
} from './testing/day-examples.ts';
import { specFor } from './testing/decider-spec.ts';

const { given } = specFor(day);

/** 2001-02-03 with predictions; outcomes of the 4th are provisional, those of the 5th make it mature. */
const predicted = [ready(), submitted(), completed()];
const seenOn4th = [...predicted, landed('2001-02-04', 1), evaluated('2001-02-04', 1)];
const oldEnough = [...seenOn4th, landed('2001-02-05', 2), evaluated('2001-02-05', 2)];
const mature5th = [...oldEnough, matured('2001-02-05', 2, 0.98)];

describe('the records of a day', () => {
  it('become a partition once they are closed', () => {
    given().when(makeReady()).thenEvent(ready());
  });
  it('become a partition only once', () => {
    given(ready()).when(makeReady()).thenNothing('ready already');
    given(ready()).when(makeReady(7)).thenNothing('ready already');
    given(...mature5th)
      .when(makeReady())
      .thenNothing('ready already');
  });
  it('may be none, and may come later after all', () => {
    given().when(makeReady(0)).thenEvent(ready(0));
    given(ready(0)).when(makeReady(0)).thenNothing('still empty');
    given(ready(0)).when(makeReady(100)).thenEvent(ready(100));
  });
  it('are rejected with their problems, and accepted once mended', () => {
    given().when(reject('no column "id"')).thenEvent(rejected('no column "id"'));
    given(rejected('no column "id"')).when(makeReady()).thenEvent(ready());
    expect(given(rejected('no column "id"'), ready()).state.rejected).toBeUndefined();
  });
  it('are rejected once for the same problems, and again for others', () => {
    given(rejected('no column "id"')).when(reject('no column "id"')).thenNothing('same problems');
    given(rejected('no column "id"')).when(reject('line is short')).thenEvent(rejected('line is short'));
    given(rejected('bad', 'records', '2001-02-04'))
      .when(reject('bad', 'outcomes', '2001-02-04'))
      .thenEvent(rejected('bad', 'outcomes', '2001-02-04'));
  });
  it('are rejected once for the same problems, even where a database gave their fields back in another order', () => {
    const stored: DayEvent = {
      type: 'PartitionRejected',
      data: {
        problems: [{ remedy: 'Mend it', what: 'bad', line: 7, where: 'records.csv' }],
        files: [{ etag: 'e1', bytes: 10, key: 'records.csv' }],
        step: 'records',
      },
    };
    given(stored).when(reject('bad')).thenNothing('same problems');
  });
  it('are rejected again for the same problems of other files, so that it shows which ones were seen', () => {
    const before = rejected('bad') as Extract<DayEvent, { type: 'PartitionRejected' }>;
    const other = { ...before, data: { ...before.data, files: [file('records.csv', 'e2')] } };
    given(other).when(reject('bad')).thenEvent(rejected('bad'));
  });
  it('are not rejected any more by a slow worker once they are a partition', () => {
    given(ready()).when(reject('no column "id"')).thenNothing('ready already');
    given(ready(0)).when(reject('no column "id"')).thenEvent(rejected('no column "id"'));
  });
});

describe('the transform of a day', () => {
  it('is submitted once the partition is ready', () => {
    given(ready()).when(submitTransform()).thenEvent(submitted());
  });
  it('is not submitted without records', () => {
    given().when(submitTransform()).thenNothing('no transform is due');
    given(rejected('bad')).when(submitTransform()).thenNothing('no transform is due');
    given(ready(0)).when(submitTransform()).thenNothing('no transform is due');
  });
  it('is not submitted twice, nor ahead of its turn', () => {
    given(ready(), submitted()).when(submitTransform()).thenNothing('no transform is due');
    given(ready(), submitted()).when(submitTransform(2)).thenNothing('no transform is due');
    given(ready()).when(submitTransform(2)).thenNothing('attempt 1 is due');
    given(...predicted)
      .when(submitTransform(2))
      .thenNothing('no transform is due');
    given(ready(), predictionsLanded()).when(submitTransform()).thenNothing('no transform is due');
  });
  it('completes with its predictions', () => {
    given(ready(), submitted()).when(completeTransform()).thenEvent(completed());
  });
  it('completes once, and only the attempt that is awaited', () => {
    given().when(completeTransform()).thenNothing('not awaited');
    given(ready()).when(completeTransform()).thenNothing('not awaited');
    given(...predicted)
      .when(completeTransform())
      .thenNothing('not awaited');
    given(ready(), submitted(), failed(1, true)).when(completeTransform()).thenNothing('not awaited');
    given(ready(), submitted(), failed(1, true), submitted(2)).when(completeTransform(1)).thenNothing('not');
    given(ready(), submitted(), failed(1, true), submitted(2))
      .when(completeTransform(2))
      .thenEvent(completed(2));
  });
  it('fails and is tried again as a new attempt', () => {
    given(ready(), submitted()).when(failTransform(1)).thenEvent(failed(1, true));
    given(ready(), submitted(), failed(1, true)).when(submitTransform(2)).thenEvent(submitted(2));
    given(ready(), submitted(), failed(1, true)).when(submitTransform(1)).thenNothing('attempt 2 is due');
  });
  it('is given up after the last attempt that the definition allows', () => {
    const twice = [ready(), submitted(), failed(1, true), submitted(2), failed(2, true), submitted(3)];
    given(...twice)
      .when(failTransform(3, 3))
      .thenEvent(failed(3, false));
    given(...twice, failed(3, false))
      .when(submitTransform(4))
      .thenNothing('no transform is due');
    given(ready(), submitted()).when(failTransform(1, 1)).thenEvent(failed(1, false));
  });
  it('fails before it began where SageMaker rejects the request', () => {
    given(ready()).when(failTransform(1, 1)).thenEvent(failed(1, false));
  });
  it('fails once, and only the attempt that is awaited', () => {
    given().when(failTransform(1)).thenNothing('not awaited');
    given(ready()).when(failTransform(2)).thenNothing('not awaited');
    given(ready(), submitted(), failed(1, true)).when(failTransform(1)).thenNothing('not awaited');
    given(ready(), submitted(), failed(1, false)).when(failTransform(1)).thenNothing('not awaited');
    given(...predicted)
      .when(failTransform(1))
      .thenNothing('not awaited');
  });
});

describe('predictions made elsewhere', () => {
  it('land once the partition is ready', () => {
    given(ready()).when(landPredictions()).thenEvent(predictionsLanded());
  });
  it('land anew where they were rejected and others are there', () => {
    const spoiled = [
      ready(),
      predictionsLanded(),
      rejected('no score', 'predictions', '2001-02-04'),
    ] as const;
    given(...spoiled)
      .when(landPredictions('e2'))
      .thenEvent(predictionsLanded('e2'));
    given(...spoiled)
      .when(landPredictions())
      .thenNothing('the same predictions');
    const mended = [...spoiled, predictionsLanded('e2')];
    given(...mended)
      .when(landPredictions('e2'))
      .thenNothing('landed already');
    expect(given(...mended).state.rejected).toBeUndefined();
    given(ready(), predictionsLanded(), rejected('bad label', 'outcomes', '2001-02-04'))
      .when(landPredictions('e2'))
      .thenNothing('landed already');
    given(...predicted, rejected('no score', 'predictions', '2001-02-04'))
      .when(landPredictions('e2'))
      .thenNothing('a transform wrote them');
  });
  it('wait for a partition with records, and land once', () => {
    given().when(landPredictions()).thenNothing('not ready yet');
    given(ready(0)).when(landPredictions()).thenNothing('the partition is empty');
    given(ready(), predictionsLanded()).when(landPredictions()).thenNothing('landed already');
    given(ready(), predictionsLanded()).when(landPredictions('e2')).thenNothing('landed already');
    given(...predicted)
      .when(landPredictions())
      .thenNothing('landed already');
  });
  it('are not replaced by a transform that was still running', () => {
    given(ready(), submitted(), predictionsLanded()).when(completeTransform()).thenNothing('not awaited');
    given(ready(), submitted(), predictionsLanded()).when(failTransform(1)).thenNothing('not awaited');
  });
});

describe('the outcomes of a day', () => {
  it('land once there are predictions to compare', () => {
    given(...predicted)
      .when(landOutcomes('2001-02-04', 1))
      .thenEvent(landed('2001-02-04', 1));
    given().when(landOutcomes('2001-02-04', 1)).thenNothing('no predictions');
    given(ready(), submitted()).when(landOutcomes('2001-02-04', 1)).thenNothing('no predictions');
  });
  it('land anew where their files changed before the look was made, so that the log names those it saw', () => {
    const onlyLanded = [...predicted, landed('2001-02-04', 1)];
    given(...onlyLanded)
      .when(landOutcomes('2001-02-04', 1))
      .thenNothing('landed already');
    given(...onlyLanded)
      .when(landOutcomes('2001-02-04', 1, 'e2'))
      .thenEvent(landed('2001-02-04', 1, 'e2'));
    given(...seenOn4th)
      .when(landOutcomes('2001-02-04', 1, 'e2'))
      .thenNothing('landed already');
  });
  it('never go back in time', () => {
    given(...seenOn4th)
      .when(landOutcomes('2001-02-04', 1))
      .thenNothing('landed already');
    given(...oldEnough)
      .when(landOutcomes('2001-02-04', 1))
      .thenNothing('landed already');
    given(...seenOn4th)
      .when(landOutcomes('2001-02-05', 2))
      .thenEvent(landed('2001-02-05', 2));
  });
});

describe('an evaluation', () => {
  const onlyLanded = [...predicted, landed('2001-02-04', 1)];

  it('is recorded for the outcomes that landed', () => {
    given(...onlyLanded)
      .when(evaluate('2001-02-04', 1))
      .thenEvent(evaluated('2001-02-04', 1));
  });
  it('needs its outcomes to have landed, no others', () => {
    given().when(evaluate('2001-02-04', 1)).thenNothing('did not land');
    given(...predicted)
      .when(evaluate('2001-02-04', 1))
      .thenNothing('did not land');
    given(...onlyLanded)
      .when(evaluate('2001-02-05', 2))
      .thenNothing('did not land');
    given(...seenOn4th, landed('2001-02-05', 2))
      .when(evaluate('2001-02-04', 1))
      .thenNothing('did not land');
  });
  it('is recorded once', () => {
    given(...seenOn4th)
      .when(evaluate('2001-02-04', 1))
      .thenNothing('looked at as of 2001-02-04 already');
  });
  it('clears a rejection, because the data has been mended', () => {
    const spoiled = [...onlyLanded, rejected('bad label', 'outcomes', '2001-02-04')];
    given(...spoiled)
      .when(evaluate('2001-02-04', 1))
      .thenEvent(evaluated('2001-02-04', 1));
    expect(given(...spoiled, evaluated('2001-02-04', 1)).state.rejected).toBeUndefined();
  });
});

describe('a mature day', () => {
  it('is one that is old enough and well covered', () => {
    given(...oldEnough)
      .when(mature())
      .thenEvent(matured('2001-02-05', 2, 0.98));
  });
  it('is never younger than the maturity of the deployment', () => {
    given().when(mature()).thenNothing('not old enough');
    given(...predicted)
      .when(mature())
      .thenNothing('not old enough');
    given(...seenOn4th)
      .when(mature())
      .thenNothing('not old enough');
    given(...oldEnough)
      .when(mature(3))
      .thenNothing('not old enough');
  });
  it('is never one without enough outcomes, and may become one by a later look', () => {
    const poor = [...predicted, landed('2001-02-05', 2), evaluated('2001-02-05', 2, summary(100, 94))];
    given(...poor)
      .when(mature())
      .thenNothing('coverage 94.0 % is below 95.0 %');
    given(...poor)
      .when(mature(2, 0.94))
      .thenEvent(matured('2001-02-05', 2, 0.94));
    given(...poor, landed('2001-02-06', 3), evaluated('2001-02-06', 3))
      .when(mature())
      .thenEvent(matured('2001-02-06', 3, 0.98));
  });
  it('is never one without any outcome, whatever coverage the definition asks for', () => {
    const none = [...predicted, landed('2001-02-05', 2), evaluated('2001-02-05', 2, summary(100, 0))];
    given(...none)
      .when(mature(2, 0))
      .thenNothing('no record has an outcome');
  });
  it('is mature once', () => {
    given(...mature5th)
      .when(mature())
      .thenNothing('mature already');
  });
  it('stays as it was: a later correction is a restatement beside it', () => {
    const corrected = summary(100, 98, 5);
    const later = [...mature5th, landed('2001-02-06', 3)];
    given(...later)
      .when(evaluate('2001-02-06', 3, corrected))
      .thenEvent(restated('2001-02-06', 3, corrected));
    const { state } = given(...later, restated('2001-02-06', 3, corrected));
    expect(state.mature?.summary).toEqual(summary(100, 98));
    expect(state.restated?.summary).toEqual(corrected);
    given(...later, restated('2001-02-06', 3, corrected))
      .when(mature())
      .thenNothing('mature already');
  });
  it('is confirmed, not restated, by a later look where nothing was corrected', () => {
    const later = [...mature5th, landed('2001-02-06', 3)];
    given(...later)
      .when(evaluate('2001-02-06', 3))
      .thenEvent(evaluated('2001-02-06', 3));
    const { state } = given(...later, evaluated('2001-02-06', 3));
    expect(state.restated).toBeUndefined();
    expect(state.mature?.asOf).toBe('2001-02-05');
  });
  it("is not restated because more outcomes of other days were read, or a record's outcome was repeated", () => {
    const later = [...mature5th, landed('2001-02-06', 3)];
    const same = { ...summary(100, 98), unmatchedOutcomes: 512, duplicateOutcomes: 3 };
    given(...later)
      .when(evaluate('2001-02-06', 3, same))
      .thenEvent(evaluated('2001-02-06', 3, same));
  });
  it('is restated back to its first numbers where a correction is taken back', () => {
    const corrected = summary(100, 98, 5);
    const later = [...mature5th, landed('2001-02-06', 3), restated('2001-02-06', 3, corrected)];
    given(...later, landed('2001-02-07', 4))
      .when(evaluate('2001-02-07', 4))
      .thenEvent(restated('2001-02-07', 4));
    given(...later, landed('2001-02-07', 4))
      .when(evaluate('2001-02-07', 4, corrected))
      .thenEvent(evaluated('2001-02-07', 4, corrected));
  });
  it('is restated as of its latest look by newer code, or a newer metric; the evidence stays', () => {
    const newer = summary(100, 98, 7);
    given(...mature5th)
      .when(restate('2001-02-05', 2, newer))
      .thenEvent(restated('2001-02-05', 2, newer));
    const { state } = given(...mature5th, restated('2001-02-05', 2, newer));
    expect(state.mature?.summary).toEqual(summary(100, 98));
    expect(state.looks).toEqual(['2001-02-04', '2001-02-05']);
    given(...mature5th, restated('2001-02-05', 2, newer))
      .when(restate('2001-02-05', 2))
      .thenEvent(restated('2001-02-05', 2));
  });
  it('is not restated by the same numbers, as of another look, or before it is mature', () => {
    given(...mature5th)
      .when(restate('2001-02-05', 2))
      .thenNothing('the same numbers and metrics');
    given(...mature5th)
      .when(restate('2001-02-06', 3, summary(100, 98, 7)))
      .thenNothing('the latest look is as of 2001-02-05');
    given(...oldEnough)
      .when(restate('2001-02-05', 2, summary(100, 98, 7)))
      .thenNothing('not mature');
  });
  it('is no longer rejected once a restatement has read mended data', () => {
    const spoiled = [...mature5th, landed('2001-02-06', 3), rejected('bad', 'outcomes', '2001-02-06')];
    expect(given(...spoiled, restated('2001-02-06', 3, summary(100, 98, 5))).state.rejected).toBeUndefined();
  });
});

describe('what the pipeline does next', () => {
  it.each<[string, DayEvent[], ReturnType<typeof next>]>([
    ['nothing before the records are closed', [], { action: 'none' }],
    ['nothing with rejected records', [rejected('bad')], { action: 'none' }],
    ['nothing with an empty partition', [ready(0)], { action: 'none' }],
    ['submit the first attempt', [ready()], { action: 'submit', attempt: 1 }],
    ['submit after an empty partition was filled', [ready(0), ready()], { action: 'submit', attempt: 1 }],
    ['watch a running transform', [ready(), submitted()], { action: 'watch', attempt: 1 }],
    ['submit the next attempt', [ready(), submitted(), failed(1, true)], { action: 'submit', attempt: 2 }],
    ['watch it', [ready(), submitted(), failed(1, true), submitted(2)], { action: 'watch', attempt: 2 }],
    ['give up', [ready(), submitted(), failed(1, false)], { action: 'none' }],
    ['evaluate what a transform predicted', predicted, { action: 'evaluate' }],
    ['evaluate what was predicted elsewhere', [ready(), predictionsLanded()], { action: 'evaluate' }],
    ['go on evaluating a mature day', mature5th, { action: 'evaluate' }],
  ])('%s', (_, history, expected) => {
    expect(next(fold(day, history))).toEqual(expected);
  });
});

describe('the looks that a day still owes', () => {
  const planned = [
    { age: 1, asOf: '2001-02-04', kind: 'provisional' as const },
    { age: 2, asOf: '2001-02-05', kind: 'maturity' as const },
    { age: 3, asOf: '2001-02-06', kind: 'watch' as const },
    { age: 4, asOf: '2001-02-07', kind: 'watch' as const },
  ];
  const owed = (history: DayEvent[], closedThrough: string) =>
    owedLooks(fold(day, history), planned, closedThrough).map(({ age }) => age);

  it('are those whose outcomes are closed', () => {
    expect(owed(predicted, '2001-02-03')).toEqual([]);
    expect(owed(predicted, '2001-02-05')).toEqual([1, 2]);
    expect(owed(seenOn4th, '2001-02-05')).toEqual([2]);
  });
  it('are still owed between the landing of the outcomes and their evaluation', () => {
    expect(owed([...predicted, landed('2001-02-04', 1)], '2001-02-04')).toEqual([1]);
  });
  it('never go back behind outcomes that have landed', () => {
    expect(owed([...predicted, landed('2001-02-05', 2)], '2001-02-06')).toEqual([2, 3]);
  });
  it('are the same after maturity, so that a late message leaves the same log', () => {
    expect(owed(mature5th, '2001-02-07')).toEqual([3, 4]);
  });
});

describe('why a day is no evidence', () => {
  const gaveUp = [ready(), submitted(), failed(1, true), submitted(2), failed(2, false, 'ModelError: 500')];

  it.each<[string, DayEvent[], string | undefined]>([
    ['its records never came', [], 'no partition: its records were never closed by a _SUCCESS object'],
    ['its records are wrong', [rejected('no column "id"')], 'records rejected: no column "id"'],
    ['it has no records', [ready(0)], 'the partition is empty'],
    ['its transform was given up', gaveUp, 'transform failed 2 times: ModelError: 500'],
    [
      'its transform was rejected',
      [ready(), failed(1, false, 'no such model')],
      'transform failed once: no such model',
    ],
    [
      'its outcomes are wrong',
      [...predicted, rejected('bad label', 'outcomes')],
      'outcomes rejected: bad label',
    ],
    [
      '(a transform that is tried again stands in no way)',
      [ready(), submitted(), failed(1, true)],
      undefined,
    ],
    [
      '(nor does anything after maturity)',
      [...mature5th, rejected('bad', 'outcomes', '2001-02-06')],
      undefined,
    ],
  ])('%s', (_, history, why) => {
    expect(notAssessable(fold(day, history))).toBe(why);
  });

  it('a day without records has no coverage', () => {
    expect(coverage(summary(0, 0))).toBe(0);
    expect(coverage(summary(200, 50))).toBe(0.25);
  });
});

/** Every command that workers may bring for one day, good, wrong, late and early. */
const commands = fc.constantFrom<DayCommand>(
  makeReady(),
  makeReady(0),
  reject('no column "id"'),
  reject('bad label', 'outcomes', '2001-02-04'),
  submitTransform(1),
  submitTransform(2),
  submitTransform(3),
  completeTransform(1),
  completeTransform(2),
  failTransform(1, 2),
  failTransform(2, 2),
  reject('no score', 'predictions', '2001-02-04'),
  landPredictions(),
  landPredictions('e2'),
  landOutcomes('2001-02-05', 2, 'e2'),
  ...[4, 5, 6].flatMap((date) => [
    landOutcomes(`2001-02-0${date}`, date - 3),
    evaluate(`2001-02-0${date}`, date - 3, summary(100, 90 + date)),
  ]),
  mature(),
);
/** Long enough that many of the stories reach maturity and a restatement; the last test counts them. */
const anyCommands = fc.array(commands, { maxLength: 200, size: 'max' });

function play(sequence: readonly DayCommand[]): { log: DayEvent[]; states: DayState[] } {
  const log: DayEvent[] = [];
  const states = [day.initial];
  for (const command of sequence) {
    const state = states.at(-1) ?? day.initial;
    const decision = day.decide(state, command);
    if ('nothing' in decision) continue;
    log.push(decision.event);
    states.push(day.evolve(state, decision.event));
  }
  return { log, states };
}

describe('whatever the order of the messages', () => {
  it('a command twice in a row leads to nothing the second time', () => {
    fc.assert(
      fc.property(anyCommands, commands, (before, command) => {
        const { states } = play([...before, command]);
        expect(day.decide(states.at(-1) ?? day.initial, command)).toHaveProperty('nothing');
      }),
    );
  });

  it('the log tells one legal story', () => {
    fc.assert(
      fc.property(anyCommands, (sequence) => {
        const { log, states } = play(sequence);
        log.forEach((event, index) => {
          const before = log.slice(0, index);
          const has = (...types: DayEvent['type'][]) => before.some(({ type }) => types.includes(type));
          const filled = before.some((e) => e.type === 'PartitionReady' && e.data.rows > 0);
          switch (event.type) {
            case 'PartitionReady':
              expect(filled, 'a partition is filled once').toBe(false);
              break;
            case 'PartitionRejected':
              break;
            case 'TransformSubmitted': {
              expect(filled, 'records come first').toBe(true);
              const attempts = before.flatMap((e) => (e.type === 'TransformSubmitted' ? e.data.attempt : []));
              expect(attempts.every((attempt) => attempt < event.data.attempt)).toBe(true);
              break;
            }
            case 'TransformCompleted':
              expect(filled, 'records come first').toBe(true);
              expect(has('TransformCompleted', 'PredictionsLanded'), 'predictions come once').toBe(false);
              break;
            case 'PredictionsLanded':
              expect(filled, 'records come first').toBe(true);
              expect(has('TransformCompleted'), 'what a transform wrote stays').toBe(false);
              if (has('PredictionsLanded')) {
                expect(states[index]?.rejected?.step, 'they land anew where they were rejected').toBe(
                  'predictions',
                );
              }
              break;
            case 'TransformFailed':
              expect(has('TransformCompleted', 'PredictionsLanded'), 'nothing fails after success').toBe(
                false,
              );
              break;
            case 'OutcomesLanded':
            case 'PartitionEvaluated':
              expect(has('TransformCompleted', 'PredictionsLanded'), 'predictions come first').toBe(true);
              expect(has('PartitionMatured') && event.type === 'PartitionEvaluated').toBe(false);
              break;
            case 'PartitionMatured':
              expect(has('PartitionEvaluated'), 'maturity rests on an evaluation').toBe(true);
              expect(has('PartitionMatured'), 'a day matures once').toBe(false);
              break;
            case 'PartitionRestated':
              expect(has('PartitionMatured'), 'only what is mature is restated').toBe(true);
          }
        });
        const frozen = states.flatMap((state) => state.mature ?? []);
        for (const evidence of frozen) expect(evidence, 'evidence is frozen').toBe(frozen[0]);
        const looks = states.at(-1)?.looks ?? [];
        expect(looks, 'looks are in order, each once').toEqual([...new Set(looks)].sort());
      }),
      { numRuns: 500 },
    );
  });

  it('the stories of this test get to their end often enough to mean something', () => {
    const reached = fc.sample(anyCommands, { numRuns: 300, seed: 1 }).flatMap((sequence) => {
      const { log } = play(sequence);
      return [...new Set(log.map(({ type }) => type))];
    });
    const stories = (type: DayEvent['type']) => reached.filter((other) => other === type).length;
    expect(stories('PartitionMatured')).toBeGreaterThan(30);
    expect(stories('PartitionRestated')).toBeGreaterThan(10);
    expect(stories('TransformFailed')).toBeGreaterThan(30);
  });

  it('the state is what the log says, nothing else', () => {
    fc.assert(
      fc.property(anyCommands, (sequence) => {
        const { log, states } = play(sequence);
        expect(fold(day, log)).toEqual(states.at(-1));
      }),
    );
  });
});
