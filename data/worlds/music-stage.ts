import type { Random } from '../random.ts';
import { appLine, callHeader, callLine, songMembers, webLine } from './music-lines.ts';
import type { Catalogue } from './music-catalogue.ts';
import type { Person } from './music-people.ts';
import { files, type MusicTally } from './music-tally.ts';
import { DayFile } from './day-files.ts';
import type { WriteFile } from './world.ts';

export interface Request {
  readonly method: string;
  /** The target with its query, escaped as nginx does. */
  readonly path: string;
  readonly status: number;
  readonly bytes: number;
  readonly referer: string;
}

const agents = ['ana', 'ben', 'chidi', 'dora', 'eli', 'fumi'];
const notes = [
  '',
  '',
  'ok',
  'called twice, wants an answer by mail',
  'said: "it just stops"',
  'refund sent',
  'long story;\nsee ticket',
  'très satisfait',
  'no reply',
];
const site = 'https://music.example';

/** Where all that happens is counted and written; refuses what goes beyond the number of rows or the last moment. */
export class MusicStage {
  readonly random: Random;
  readonly catalogue: Catalogue;
  readonly #tally: MusicTally;
  readonly #untilMs: number;
  readonly #rowsMax: number;
  readonly #web = new DayFile(files.web);
  readonly #app = new DayFile(files.app);
  readonly #calls = new DayFile(files.calls);
  readonly #songMembers: string[] = [];
  #apps = 0;
  #callCount = 0;
  /** Rows so far in all three files. */
  rows = 0;

  constructor(
    random: Random,
    catalogue: Catalogue,
    tally: MusicTally,
    limits: { readonly rowsMax: number; readonly untilMs: number },
  ) {
    this.random = random;
    this.catalogue = catalogue;
    this.#tally = tally;
    this.#rowsMax = limits.rowsMax;
    this.#untilMs = limits.untilMs;
  }

  /** No row can be added at `time`. */
  isOver(time: number): boolean {
    return this.rows >= this.#rowsMax || time >= this.#untilMs;
  }

  /** An event of the app. */
  act(person: Person, time: number, event: string, members = ''): void {
    if (this.isOver(time)) return;
    this.#addApp(person, time, event, members, null);
  }

  /** A song is played. @returns its length in seconds. */
  play(person: Person, time: number, song = this.catalogue.popularity.choose(this.random)): number {
    const played = this.catalogue.songs[song]!;
    if (this.isOver(time)) return played.lengthSeconds;
    const members = (this.#songMembers[song] ??= songMembers(played, this.catalogue));
    this.#addApp(person, time, 'play', members, played);
    if (person.device === 'web') {
      this.visit(person, time + 40, {
        method: 'GET',
        path: `/stream/${song}`,
        status: 200,
        bytes: played.lengthSeconds * 16_000,
        referer: `${site}/`,
      });
    }
    return played.lengthSeconds;
  }

  #addApp(
    person: Person,
    time: number,
    event: string,
    members: string,
    song: { readonly artist: number; readonly lengthSeconds: number } | null,
  ): void {
    this.rows++;
    person.item++;
    person.lastMs = time;
    this.#tally.app(person, time, event, song);
    this.#app.add(time, appLine(++this.#apps, time, person, event, members));
  }

  /** A person's request to the web site; logged in when registered. */
  visit(person: Person, time: number, request: Request): void {
    this.serve(time, person.host, person.signedUpMs === null ? null : person.id, request, person.userAgent);
  }

  /** Anybody's request to the web site. */
  serve(
    time: number,
    host: string,
    user: string | null,
    { method, path, status, bytes, referer }: Request,
    userAgent: string,
  ): void {
    if (this.isOver(time)) return;
    this.rows++;
    this.#tally.web(time, host, user, path, status, bytes);
    const request = method === '' ? path : `${method} ${path} HTTP/1.1`;
    this.#web.add(time, webLine(time, host, user, request, status, bytes, referer, userAgent));
  }

  /** A call to support. */
  call(person: Person, time: number, reason: string): void {
    // The dump shows whole seconds.
    const second = Math.floor(time / 1000) * 1000;
    if (this.isOver(second)) return;
    this.rows++;
    person.calls++;
    this.#tally.call(person, second, reason);
    const { random } = this;
    this.#calls.add(
      second,
      callLine(second, person, {
        id: `C${String(++this.#callCount).padStart(6, '0')}`,
        reason,
        waitSeconds: Math.round(random.exponential(90)),
        durationSeconds: 30 + Math.round(random.exponential(240)),
        agent: agents[random.integer(agents.length)]!,
        rating: random.chance(0.4) ? null : 1 + random.integer(5),
        note: notes[random.integer(notes.length)]!,
      }),
    );
  }

  /** Writes what has no one to write before it: the heads of files. */
  async begin(write: WriteFile): Promise<void> {
    await this.#calls.writeLines([callHeader], write);
  }

  /** Writes all rows before `untilMs`. */
  async flush(untilMs: number, write: WriteFile): Promise<void> {
    await this.#web.flush(untilMs, write);
    await this.#app.flush(untilMs, write);
    await this.#calls.flush(untilMs, write);
  }
}
