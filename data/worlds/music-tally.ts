import type { DemoTruth, StoryRow } from './world.ts';
import type { Person } from './music-people.ts';

export const files = {
  web: 'web/access.log',
  app: 'app/events.ndjson',
  calls: 'support/calls.csv',
  accounts: 'crm/accounts.csv',
} as const;

/** A longer pause ends a session. */
export const sessionGapMs = 1_800_000;
const funnelSteps = ['register', 'play', 'upgrade'];
const funnelWindowDays = 7;
const dayMs = 86_400_000;

/** What the tally knows of one person. */
interface PersonTally {
  lastAppMs: number;
  registeredMs: number;
  funnelStep: number;
  web: boolean;
  call: boolean;
}

/** Counts what is true of the rows as they are made; each person's rows must come in order of time. */
export class MusicTally {
  readonly #artists: readonly string[];
  readonly #people = new Map<string, PersonTally>();
  readonly #rows: Record<string, number> = { [files.web]: 0, [files.app]: 0, [files.calls]: 0, [files.accounts]: 0 };
  readonly #span: Record<string, { first: number; last: number }> = {};
  readonly #byEvent: Record<string, number> = {};
  readonly #byCountry: Record<string, number> = {};
  readonly #byLevel: Record<string, number> = {};
  readonly #byDevice: Record<string, number> = {};
  readonly #byDay = new Map<number, number>();
  readonly #byStatus: Record<string, number> = {};
  readonly #byReason: Record<string, number> = {};
  readonly #plays: Uint32Array;
  readonly #hosts = new Set<string>();
  readonly #funnel = funnelSteps.map(() => 0);
  readonly #story: StoryRow[] = [];
  readonly #storyUser: string;
  #people0 = 0;
  #listenedSeconds = 0;
  #sessions = 0;
  #bytes = 0;
  #webUsers = 0;
  #callers = 0;

  constructor(artists: readonly string[], storyUser: string) {
    this.#artists = artists;
    this.#plays = new Uint32Array(artists.length);
    this.#storyUser = storyUser;
  }

  app(
    person: Person,
    time: number,
    event: string,
    song: { readonly artist: number; readonly lengthSeconds: number } | null,
  ): void {
    this.#row(files.app, time);
    add(this.#byEvent, event);
    add(this.#byCountry, person.country.code);
    add(this.#byLevel, person.level);
    add(this.#byDevice, person.device);
    const day = Math.floor(time / dayMs);
    this.#byDay.set(day, (this.#byDay.get(day) ?? 0) + 1);
    if (song !== null) {
      this.#listenedSeconds += song.lengthSeconds;
      this.#plays[song.artist]!++;
    }
    const known = this.#person(person.id);
    if (known.lastAppMs === -Infinity) this.#people0++;
    if (time - known.lastAppMs > sessionGapMs) this.#sessions++;
    known.lastAppMs = time;
    this.#countFunnel(known, time, event);
    this.#tell(person.id, files.app, time, event);
  }

  web(time: number, host: string, user: string | null, path: string, status: number, bytes: number): void {
    const second = Math.floor(time / 1000) * 1000;
    this.#row(files.web, second);
    add(this.#byStatus, String(status));
    this.#bytes += bytes;
    this.#hosts.add(host);
    if (user === null) return;
    const known = this.#person(user);
    if (!known.web) this.#webUsers++;
    known.web = true;
    this.#tell(user, files.web, second, path);
  }

  call(person: Person, time: number, reason: string): void {
    this.#row(files.calls, time);
    add(this.#byReason, reason);
    const known = this.#person(person.id);
    if (!known.call) this.#callers++;
    known.call = true;
    this.#tell(person.id, files.calls, time, reason);
  }

  account(): void {
    this.#rows[files.accounts]!++;
  }

  /** @returns all that was counted, for a span of UTC ms. */
  truth(from: number, to: number): DemoTruth {
    let top = 0;
    for (let artist = 1; artist < this.#plays.length; artist++)
      if (this.#plays[artist]! > this.#plays[top]!) top = artist;
    const days = [...this.#byDay]
      .sort((a, b) => a[0] - b[0])
      .map(([day, count]) => [new Date(day * dayMs).toISOString().slice(0, 10), count]);
    return {
      from,
      to,
      rows: this.#rows,
      span: this.#span,
      people: this.#people0,
      app: {
        byEvent: this.#byEvent,
        byCountry: this.#byCountry,
        byLevel: this.#byLevel,
        byDevice: this.#byDevice,
        byDay: Object.fromEntries(days) as Record<string, number>,
        listenedSeconds: this.#listenedSeconds,
        sessions: this.#sessions,
        topArtist: { name: this.#artists[top]!, plays: this.#plays[top]! },
      },
      web: { byStatus: this.#byStatus, bytes: this.#bytes, hosts: this.#hosts.size, users: this.#webUsers },
      calls: { byReason: this.#byReason, people: this.#callers },
      funnel: { steps: funnelSteps, windowDays: funnelWindowDays, people: this.#funnel },
      story: { user: this.#storyUser, rows: this.#story },
    };
  }

  #person(id: string): PersonTally {
    let known = this.#people.get(id);
    if (known === undefined) {
      known = { lastAppMs: -Infinity, registeredMs: NaN, funnelStep: 0, web: false, call: false };
      this.#people.set(id, known);
    }
    return known;
  }

  #row(file: string, time: number): void {
    this.#rows[file]!++;
    const span = this.#span[file];
    if (span === undefined) this.#span[file] = { first: time, last: time };
    else {
      if (time < span.first) span.first = time;
      if (time > span.last) span.last = time;
    }
  }

  #countFunnel(known: PersonTally, time: number, event: string): void {
    if (known.funnelStep >= funnelSteps.length || event !== funnelSteps[known.funnelStep]) return;
    if (known.funnelStep === 0) known.registeredMs = time;
    else if (time - known.registeredMs > funnelWindowDays * dayMs) return;
    this.#funnel[known.funnelStep]!++;
    known.funnelStep++;
  }

  #tell(user: string, file: string, time: number, what: string): void {
    if (user === this.#storyUser) this.#story.push({ file, time, what });
  }
}

function add(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
