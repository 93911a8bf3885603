import { afterEach, describe, expect, it, vi } from 'vitest';
import { EXIT } from './exit-code.ts';
import { interruptible } from './interruptible.ts';

afterEach(() => vi.restoreAllMocks());

describe('work that Ctrl-C may stop', () => {
  it('is told once and ends where it can; a second Ctrl-C ends at once', async () => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
    const answer = await interruptible('Stopping after this step.', async (signal) => {
      expect(signal.aborted).toBe(false);
      process.emit('SIGINT');
      expect(signal.aborted).toBe(true);
      expect(exit).not.toHaveBeenCalled();
      process.emit('SIGINT');
      expect(exit).toHaveBeenCalledWith(EXIT.interrupted);
      return 'what was done';
    });
    expect(answer).toBe('what was done');
    expect(said).toHaveBeenCalledWith('\nStopping after this step.\n');
  });

  it('leaves nothing behind that would listen, however it ends', async () => {
    const before = process.listenerCount('SIGINT');
    await interruptible('', async () => undefined);
    await expect(interruptible('', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});
