/** An object, and the file that holds its bytes. */
export type StoredFile = { key: string; bytes: number; path: string };
