import type { WriteFile } from './world.ts';

const chunkCharactersMax = 1 << 20;

/** Collects lines that come out of order within some days, and writes them to one file in order of time. */
export class DayFile {
  readonly #path: string;
  readonly #encoder = new TextEncoder();
  #times: number[] = [];
  #lines: string[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  /** `line` without its end. */
  add(timeMs: number, line: string): void {
    this.#times.push(timeMs);
    this.#lines.push(line);
  }

  /** Writes the lines before `untilMs`, those of one time in the order they came, and forgets them. */
  async flush(untilMs: number, write: WriteFile): Promise<void> {
    const times = this.#times;
    const lines = this.#lines;
    const due: number[] = [];
    const laterTimes: number[] = [];
    const laterLines: string[] = [];
    for (let index = 0; index < times.length; index++) {
      if (times[index]! < untilMs) due.push(index);
      else {
        laterTimes.push(times[index]!);
        laterLines.push(lines[index]!);
      }
    }
    due.sort((a, b) => times[a]! - times[b]! || a - b);
    this.#times = laterTimes;
    this.#lines = laterLines;
    await this.writeLines(
      due.map((index) => lines[index]!),
      write,
    );
  }

  /** Writes lines as they stand. */
  async writeLines(lines: Iterable<string>, write: WriteFile): Promise<void> {
    let text = '';
    for (const line of lines) {
      text += `${line}\n`;
      if (text.length >= chunkCharactersMax) {
        await write(this.#path, this.#encoder.encode(text));
        text = '';
      }
    }
    if (text !== '') await write(this.#path, this.#encoder.encode(text));
  }
}
