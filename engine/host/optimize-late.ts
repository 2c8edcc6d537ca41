import { setFlagsFromString } from 'node:v8';

/** Bytes of bytecode that a function runs before the optimizing compiler takes it up: about four times as many as usual. */
const budget = 500_000;
/** Of other versions it is not known that they understand the flag, and what they make of it. */
const knownVersions = /^11\./;

/**
 * Has V8 optimize functions later, in this whole process: its optimizing compiler works on the cores that queries run
 * on, and what is hot in those is compiled beforehand. Meant for processes that mostly query; to be called before `open`.
 * @returns whether it was done: only by a V8 that is known to be the better for it, 11 (Node 20).
 */
export function optimizeLate(): boolean {
  if (!knownVersions.test(process.versions.v8)) return false;
  setFlagsFromString(`--interrupt-budget=${budget}`);
  return true;
}
