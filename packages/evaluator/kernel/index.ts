/*
 * The evaluator's inner loops, in AssemblyScript, over one memory: what the TypeScript beside them says plainly. That
 * is the reference, and tests hold these to it; they are only faster.
 */
export { misfitNumber, misfitText, sameTexts } from './checks';
export { codesOf, hashUnits, pairs, slicesOf } from './codes';
export { csvPlaces, csvRows } from './csv';
export { foldClassification, foldRegression } from './fold';
export { lookUp, pack } from './ids';
export { fill, markRecords, takeOutcomes } from './rows';
export { spans, stringPieces } from './texts';
