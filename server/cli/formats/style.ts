/** How parts of a table look. */
export interface Style {
  strong(text: string): string;
  faint(text: string): string;
  bar(text: string): string;
  /** A text on a ground that is the brighter the greater the share is, of 0 to 1. */
  shade(text: string, share: number): string;
}

/** Grounds of 256 colors from dark to bright, and the color of a text that is read on each. */
const grounds: readonly (readonly [number, number])[] = [
  [23, 15],
  [30, 15],
  [37, 16],
  [44, 16],
  [51, 16],
];

/** @returns styles by the terminal's codes, or none. */
export function styleOf(colors: boolean): Style {
  const code =
    (on: number, off: number) =>
    (text: string): string =>
      colors && text !== '' ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  const shade = (text: string, share: number): string => {
    if (!colors || !(share > 0)) return text;
    const [ground, letters] = grounds[Math.min(grounds.length - 1, Math.floor(share * grounds.length))]!;
    return `\u001b[48;5;${ground};38;5;${letters}m${text}\u001b[39;49m`;
  };
  return { strong: code(1, 22), faint: code(2, 22), bar: code(36, 39), shade };
}
