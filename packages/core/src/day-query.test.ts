import { describe, expect, it } from 'vitest';
import { day, next, notAssessable } from './day.ts';
import type { DayEvent } from './day-events.ts';
import {
  completed,
  evaluate,
  evaluated,
  failQuery,
  landed,
  landOutcomes,
  matured,
  predictionsLanded,
  queried,
  queryFailed,
  querySucceeded,
  ready,
  reject,
  rejected,
  restate,
  submitQuery,
  submitted,
  succeedQuery,
  summary,
} from './testing/day-examples.ts';
import { specFor } from './testing/decider-spec.ts';

const { given } = specFor(day);
const dueAfter = (...events: readonly DayEvent[]) => next(given(...events).state);

/** 2001-02-03 with predictions; outcomes as of the 4th have landed, and nobody has compared them. */
const DATE_4 = '2001-02-04';
const due = [ready(), submitted(), completed(), landed(DATE_4, 1)];
const running = [...due, queried(DATE_4)];
const ended = [...running, querySucceeded(DATE_4)];

describe('the query of a look', () => {
  it('is submitted once its outcomes have landed', () => {
    given(...due)
      .when(submitQuery(DATE_4))
      .thenEvent(queried(DATE_4));
    given(...due)
      .when(submitQuery('2001-02-05'))
      .thenNothing('did not land');
    given(...due, evaluated(DATE_4, 1))
      .when(submitQuery(DATE_4))
      .thenNothing('looked at as of 2001-02-04 already');
  });

  it('is watched while it runs, and nothing else is done', () => {
    expect(dueAfter(...running)).toMatchObject({
      action: 'watch-query',
      query: { asOf: DATE_4, queryExecutionId: 'q1' },
    });
    given(...running)
      .when(submitQuery(DATE_4, { attempt: 2 }))
      .thenNothing('no query is due');
  });

  it('succeeds once, as the one that runs', () => {
    given(...running)
      .when(succeedQuery(DATE_4))
      .thenEvent(querySucceeded(DATE_4));
    given(...running)
      .when(succeedQuery(DATE_4, 1, 'another'))
      .thenNothing('not awaited');
    given(...due)
      .when(succeedQuery(DATE_4))
      .thenNothing('not awaited');
    expect(dueAfter(...ended)).toEqual({ action: 'evaluate' });
  });

  it('leads to an evaluation, which ends it', () => {
    given(...ended)
      .when(evaluate(DATE_4, 1))
      .thenEvent(evaluated(DATE_4, 1));
    expect(given(...ended, evaluated(DATE_4, 1)).state.query).toBeUndefined();
  });

  it('fails, and is submitted as a new attempt as often as the definition says', () => {
    const again = [...running, queryFailed(DATE_4, true)];
    given(...running)
      .when(failQuery(DATE_4))
      .thenEvent(queryFailed(DATE_4, true));
    given(...again)
      .when(submitQuery(DATE_4))
      .thenNothing('attempt 2 is due');
    given(...again)
      .when(submitQuery(DATE_4, { attempt: 2 }))
      .thenEvent(queried(DATE_4, { attempt: 2 }));
    given(...again, queried(DATE_4, { attempt: 2 }))
      .when(failQuery(DATE_4, { attempt: 2 }, 2))
      .thenEvent(queryFailed(DATE_4, false, { attempt: 2 }));
    expect(dueAfter(...again)).toEqual({ action: 'evaluate' });
  });

  it('may be refused before it begins', () => {
    given(...due)
      .when(failQuery(DATE_4, { id: 'none' }, 1))
      .thenEvent(queryFailed(DATE_4, false, { id: 'none' }));
    given(...running)
      .when(failQuery(DATE_4, { id: 'none' }, 1))
      .thenNothing('not awaited');
  });

  it('fails although it succeeded, where its result is gone before anybody read it', () => {
    given(...ended)
      .when(failQuery(DATE_4))
      .thenEvent(queryFailed(DATE_4, true));
  });
});

describe('a look whose queries all failed', () => {
  const givenUp = [...running, queryFailed(DATE_4, false)];

  it('is given up, with the reason', () => {
    given(...givenUp)
      .when(submitQuery(DATE_4, { attempt: 2 }))
      .thenNothing('no query is due');
    expect(notAssessable(given(...givenUp).state)).toBe('query failed once: out of resources');
  });

  it('leaves the next look its own queries', () => {
    const later = [...givenUp, landed('2001-02-05', 2)];
    expect(notAssessable(given(...later).state)).toBeUndefined();
    given(...later)
      .when(submitQuery('2001-02-05'))
      .thenEvent(queried('2001-02-05'));
  });

  it('is queried anew under another definition', () => {
    given(...givenUp)
      .when(submitQuery(DATE_4, { definitionVersion: 2 }))
      .thenEvent(queried(DATE_4, { definitionVersion: 2 }));
  });
});

describe('a result that rests on data which is no longer there', () => {
  it('is not read: other outcomes have a query of their own', () => {
    given(...ended)
      .when(landOutcomes(DATE_4, 1, 'e2'))
      .thenEvent(landed(DATE_4, 1, 'e2'));
    given(...ended, landed(DATE_4, 1, 'e2'))
      .when(submitQuery(DATE_4))
      .thenEvent(queried(DATE_4));
  });

  it('is not read: files that were rejected have one once they are mended, and so have other predictions', () => {
    given(...ended)
      .when(reject('it is not the file any more', 'records', DATE_4))
      .thenEvent(rejected('it is not the file any more', 'records', DATE_4));
    const held = [...ended, rejected('it is not the file any more', 'records', DATE_4)];
    given(...held)
      .when(submitQuery(DATE_4))
      .thenEvent(queried(DATE_4));
    expect(given(...held, predictionsLanded('e2')).state.query).toBeUndefined();
  });
});

describe('a mature day, compared once more', () => {
  const mature = [...due, evaluated(DATE_4, 1), matured(DATE_4, 1, 0.98)];
  const again = { restates: true, definitionVersion: 2 };

  it('has a query for its latest look', () => {
    given(...mature)
      .when(submitQuery(DATE_4, again))
      .thenEvent(queried(DATE_4, again));
    given(...mature)
      .when(submitQuery('2001-02-03', again))
      .thenNothing('the latest look is as of 2001-02-04');
    given(...due, evaluated(DATE_4, 1))
      .when(submitQuery(DATE_4, again))
      .thenNothing('not mature');
  });

  it('is restated by what the query finds, and stays assessable where it finds nothing', () => {
    const found = [...mature, queried(DATE_4, again), querySucceeded(DATE_4)];
    expect(given(...found).when(restate(DATE_4, 1, summary(100, 98, 7)))).toBeDefined();
    const restated = given(...found);
    restated.when(restate(DATE_4, 1, summary(100, 98, 7))).thenEvent({
      type: 'PartitionRestated',
      data: restateData(),
    });
    const failed = [...mature, queried(DATE_4, again), queryFailed(DATE_4, false, again)];
    expect(notAssessable(given(...failed).state)).toBeUndefined();
  });
});

function restateData() {
  const command = restate(DATE_4, 1, summary(100, 98, 7));
  if (command.type !== 'Restate') throw new Error('no restatement');
  return command.data;
}
