/** Scripts and pictures that take two columns of a terminal. */
const wideLettersPattern =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff]/;
const wideFormsPattern = /^[\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const widthlessPattern = /^[\p{M}\p{Cf}\ufe00-\ufe0f]/u;

/** @returns the columns that a text takes on a terminal: two for a wide character, none for a mark on another. */
export function textWidth(text: string): number {
  // Most texts are ASCII: one column a character.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const point of text) width += widthOfPoint(point);
  return width;
}

/** @returns the text, cut to at most `width` columns; what was cut ends in an ellipsis. */
export function clipToWidth(text: string, width: number): string {
  // A column holds one UTF-16 unit at least, but for marks: what is short need not be measured.
  if (text.length <= width && textWidth(text) <= width) return text;
  let taken = '';
  let used = 0;
  for (const point of text) {
    const own = widthOfPoint(point);
    if (used + own > width - 1) return `${taken}…`;
    taken += point;
    used += own;
  }
  return taken;
}

function widthOfPoint(point: string): number {
  if (widthlessPattern.test(point)) return 0;
  return wideLettersPattern.test(point) || wideFormsPattern.test(point) ? 2 : 1;
}
