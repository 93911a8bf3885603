import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, datesFrom, daysBetween, isCalendarDate } from './calendar.ts';

const dates = fc
  .date({ min: new Date('1970-01-01'), max: new Date('2199-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const spans = fc.integer({ min: -10_000, max: 10_000 });

describe('a calendar date', () => {
  it.each(['2001-02-28', '2000-02-29', '1999-12-31', '0001-01-01', '9999-12-31'])('exists: %s', (text) => {
    expect(isCalendarDate(text)).toBe(true);
  });
  it.each([
    '2001-02-29',
    '2001-02-30',
    '1900-02-29',
    '2001-13-01',
    '2001-00-10',
    '2001-01-00',
    '2001-1-1',
    '20010203',
    ' 2001-02-03',
    '2001-02-03\n',
    '2001-02-03T00:00:00Z',
    '',
  ])('does not exist: %j', (text) => {
    expect(isCalendarDate(text)).toBe(false);
  });
});

describe('counting days', () => {
  it('crosses months, leap days and years', () => {
    expect(addDays('2001-02-28', 1)).toBe('2001-03-01');
    expect(addDays('2000-02-28', 1)).toBe('2000-02-29');
    expect(addDays('2001-12-31', 1)).toBe('2002-01-01');
    expect(addDays('2001-01-01', -1)).toBe('2000-12-31');
    expect(daysBetween('2001-01-01', '2002-01-01')).toBe(365);
    expect(daysBetween('2001-01-02', '2001-01-01')).toBe(-1);
  });
  it('knows no summer time: a day is a day', () => {
    expect(daysBetween('2001-03-24', '2001-03-26')).toBe(2);
    expect(daysBetween('2001-10-27', '2001-10-29')).toBe(2);
  });
  it('adds what lies between', () => {
    fc.assert(
      fc.property(dates, spans, (date, days) => {
        const later = addDays(date, days);
        expect(isCalendarDate(later)).toBe(true);
        expect(daysBetween(date, later)).toBe(days);
      }),
    );
  });
  it('sorts as text as time does', () => {
    fc.assert(
      fc.property(dates, dates, (a, b) => {
        expect(a < b).toBe(daysBetween(a, b) > 0);
      }),
    );
  });
  it('refuses dates that do not exist, and to leave the years that sort as text', () => {
    expect(() => addDays('2001-02-30', 1)).toThrow('not a calendar date: "2001-02-30"');
    expect(() => daysBetween('2001-01-01', 'yesterday')).toThrow(RangeError);
    expect(() => addDays('9999-12-31', 1)).toThrow(RangeError);
    expect(() => addDays('0000-01-01', -1)).toThrow(RangeError);
  });
});

describe('a range of dates', () => {
  it('has both its ends', () => {
    expect(datesFrom('2001-02-27', '2001-03-01')).toEqual(['2001-02-27', '2001-02-28', '2001-03-01']);
    expect(datesFrom('2001-02-27', '2001-02-27')).toEqual(['2001-02-27']);
  });
  it('is empty where it ends before it begins', () => {
    expect(datesFrom('2001-02-27', '2001-02-26')).toEqual([]);
    expect(datesFrom('2001-02-27', '2000-02-26')).toEqual([]);
  });
});
