import { createBoundedCache } from '../bounded-cache.ts';
import { library } from '../library.ts';

/** A compiled pattern, or why it is none. */
export type Pattern = { readonly find: (text: string) => boolean } | { readonly problem: string };

/** Instructions of a pattern's program: matching takes up to so many steps a character. */
const programMax = 10_000;
const patterns = createBoundedCache<Pattern>(200, 1_000_000);

/**
 * Compiles a pattern in RE2 syntax, once while it is remembered.
 * @returns what finds it anywhere in a text in time linear in the text; or RE2's reason against it.
 */
export function patternOf(source: string): Pattern {
  let pattern = patterns.get(source);
  if (pattern === undefined) patterns.set(source, (pattern = compile(source)));
  return pattern;
}

function compile(source: string): Pattern {
  if (!/[\\^$.|?*+()[\]{}]/.test(source)) return { find: (text) => text.includes(source) };
  try {
    const compiled = library('re2js').RE2JS.compile(source);
    const size = compiled.programSize();
    if (size > programMax) return { problem: `it compiles to ${size} instructions, at most ${programMax} are allowed` };
    return { find: (text) => compiled.test(text) };
  } catch (error) {
    return { problem: String((error as Error).message).replace(/^error parsing regexp: /, '') };
  }
}
