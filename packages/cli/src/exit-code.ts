/** What the command answers to the shell. */
export const EXIT = {
  success: 0,
  /** The data, the definition or the model is wrong; the message says where and what to do. */
  badInput: 1,
  /** The command itself was not understood. */
  usage: 2,
  /** Something that should never happen. */
  failure: 70,
  /** Stopped by Ctrl-C; the same command goes on from there. */
  interrupted: 130,
} as const;
