/*
 * The evaluator's inner loops, in AssemblyScript, over one memory: what the TypeScript beside them says plainly. That
 * is the reference, and tests hold these to it; they are only faster.
 */
export { misfitNumber, misfitText, sameTexts } from './checks';
export { codesOf, hashUnits, pairs, slicesOf } from './codes';
export { csvPlaces, csvRows } from './csv';
export { foldClassification, foldRegression } from './fold';
export { cellsFor, lookUp, pack } from './ids';
export { jsonRows } from './json';
export { bitNumbers, codedNumbers, codedTexts, levels, plainNumbers, plainTexts, runs } from './parquet';
export { fill, markRecords, takeOutcomes } from './rows';
export { snappy } from './snappy';
export { spans, stringPieces } from './texts';
export { ascii, utf8Texts } from './utf8';
export { zstd } from './zstd';
