import pc from 'picocolors';

/** Colours for standard error: none where it is no terminal, or where NO_COLOR asks for none. */
export const onStderr = () => pc.createColors(pc.isColorSupported && process.stderr.isTTY === true);
