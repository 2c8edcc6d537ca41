import { createBoundedCache } from '../bounded-cache.ts';

/** Says whether a whole text is like a pattern. @param check called now and then while it is long about it. */
export type LikeMatcher = (text: string, check?: () => void) => boolean;

/** After so many code points that were compared in vain the check is called: some milliseconds. */
const checkedPoints = 1_000_000;

/** A code point, or what stands for one (`_`) or any number of them (`%`). */
type LikePart = string | { readonly wild: '%' | '_' };

const matchers = createBoundedCache<LikeMatcher>(200, 1_000_000);

/** @returns the matcher of a pattern, made once while it is remembered. @param fold takes either case. */
export function likeMatcher(pattern: string, escape: string | undefined, fold: boolean): LikeMatcher {
  const key = `${fold ? 'i' : ' '}${escape ?? ''}\u0000${pattern}`;
  let matcher = matchers.get(key);
  if (matcher === undefined) {
    const parts = partsOf(fold ? pattern.toLowerCase() : pattern, escape);
    const plain = parts.some((part) => typeof part === 'object' && part.wild === '_') ? null : piecesOf(parts);
    const codes = Int32Array.from(parts, codeOfPart);
    const own: LikeMatcher = plain === null ? (text, check) => matchCodes(text, codes, check) : matcherOfPieces(plain);
    matcher = fold ? (text, check) => own(text.toLowerCase(), check) : own;
    matchers.set(key, matcher);
  }
  return matcher;
}

function partsOf(pattern: string, escape: string | undefined): LikePart[] {
  const parts: LikePart[] = [];
  const points = Array.from(pattern);
  for (let i = 0; i < points.length; i++) {
    const point = points[i]!;
    if (escape !== undefined && point === escape && i + 1 < points.length) parts.push(points[++i]!);
    else parts.push(point === '%' || point === '_' ? { wild: point } : point);
  }
  return parts;
}

/** @returns the texts between the %. */
function piecesOf(parts: readonly LikePart[]): string[] {
  const pieces = [''];
  for (const part of parts) {
    if (typeof part === 'object') pieces.push('');
    else pieces[pieces.length - 1] += part;
  }
  return pieces;
}

/** The first piece begins the text, the last ends it, the others follow one another, each as early as it can. */
function matcherOfPieces(pieces: readonly string[]): LikeMatcher {
  const [first] = pieces as [string];
  if (pieces.length === 1) return (text) => text === first;
  const last = pieces[pieces.length - 1]!;
  const middle = pieces.slice(1, -1).filter((piece) => piece !== '');
  const [only] = middle;
  if (first === '' && last === '' && middle.length === 1) return (text) => text.includes(only!);
  return (text) => {
    if (!text.startsWith(first) || !text.endsWith(last)) return false;
    let at = first.length;
    const end = text.length - last.length;
    for (const piece of middle) {
      const found = text.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return at <= end;
  };
}

/** `%` and `_` among code points. */
const anyNumber = -1;
const anyOne = -2;
/** Behind the last part of a pattern: no code point. */
const beyond = -3;

function codeOfPart(part: LikePart): number {
  if (typeof part === 'string') return part.codePointAt(0)!;
  return part.wild === '%' ? anyNumber : anyOne;
}

let points = new Uint32Array(256);

/** Leaves a text's code points in `points`. @returns how many there are. */
function readPoints(text: string): number {
  if (points.length < text.length) points = new Uint32Array(2 * text.length);
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const point = text.codePointAt(at)!;
    if (point > 0xffff) at++;
    points[count++] = point;
  }
  return count;
}

/** Greedy matching with one point of return: linear in text times the longest stretch between two %. */
function matchCodes(text: string, codes: Int32Array, check?: () => void): boolean {
  const length = readPoints(text);
  const read = points;
  let at = 0;
  let part = 0;
  let star = -1;
  let resume = 0;
  let vain = 0;
  while (at < length) {
    const wanted = part < codes.length ? codes[part] : beyond;
    if (wanted === anyNumber) {
      star = part++;
      resume = at;
    } else if (wanted === anyOne || wanted === read[at]) {
      part++;
      at++;
    } else if (star >= 0) {
      vain += at - resume + 1;
      if (vain > checkedPoints) {
        vain = 0;
        check?.();
      }
      part = star + 1;
      at = ++resume;
    } else return false;
  }
  while (part < codes.length && codes[part] === anyNumber) part++;
  return part === codes.length;
}
