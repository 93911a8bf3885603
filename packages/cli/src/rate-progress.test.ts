import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { rateProgress } from './rate-progress.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => vi.useRealTimers());

/** Where no person watches. */
function file() {
  const stream = new PassThrough();
  const written = () => String(stream.read() ?? '');
  return { stream: stream as unknown as NodeJS.WriteStream, written };
}

describe('progress where no person watches', () => {
  it('is a line every five seconds, and one at the end', () => {
    const { stream, written } = file();
    const progress = rateProgress(stream, 'dates', 100);
    for (let done = 1; done <= 99; done += 1) {
      vi.advanceTimersByTime(100);
      progress.update(done, `date ${done}`);
    }
    expect(written()).toBe('50/100 dates · 10.0 dates/s · date 50\n');
    progress.update(100, 'the last');
    progress.stop();
    expect(written()).toMatch(/^100\/100 dates · 10\.1 dates\/s · the last\n$/);
  });

  it('is a count where nobody knows how many there are', () => {
    const { stream, written } = file();
    const progress = rateProgress(stream, 'events');
    vi.advanceTimersByTime(5_000);
    progress.update(1_000_000);
    expect(written()).toBe('1000000 events · 200,000 events/s\n');
  });
});
