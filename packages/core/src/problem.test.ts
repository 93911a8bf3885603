import { describe, expect, it } from 'vitest';
import { describeProblem } from './problem.ts';

describe('a problem as one line', () => {
  it('names the place, what is wrong there, and what to do', () => {
    const problem = {
      where: 'records.csv',
      line: 7,
      column: 'score',
      what: '"x" is no number',
      remedy: 'Mend it',
    };
    expect(describeProblem(problem)).toBe('records.csv, line 7, column score: "x" is no number. Mend it.');
  });
  it('leaves out what is not known, and ends with one full stop', () => {
    expect(describeProblem({ where: 'records.csv', what: 'no header', remedy: 'Add one.' })).toBe(
      'records.csv: no header. Add one.',
    );
  });
});
