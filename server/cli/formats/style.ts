/** How parts of a table look. */
export interface Style {
  strong(text: string): string;
  faint(text: string): string;
  bar(text: string): string;
}

/** @returns styles by the terminal's codes, or none. */
export function styleOf(colors: boolean): Style {
  const code =
    (on: number, off: number) =>
    (text: string): string =>
      colors && text !== '' ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return { strong: code(1, 22), faint: code(2, 22), bar: code(36, 39) };
}
