/**
 * A TypeScript program of this repository as one file of JavaScript, ready to be imported, forked or run as a worker:
 * made anew where a source or the lock file has changed since, else found where it was put. Loading some thousand
 * modules one by one takes seconds, and each command starts with it.
 *
 * @param source the program's file
 * @returns the path of the JavaScript file
 * @throws where a source does not compile, or neither node_modules nor the folder for temporary files can be written
 */
export function program(source: URL): Promise<string>;
