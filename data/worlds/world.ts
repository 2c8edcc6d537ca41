/** Takes a piece of a file; pieces of one file come in order, and each ends at the end of a line. */
export type WriteFile = (file: string, bytes: Uint8Array) => Promise<void>;

export interface WorldOptions {
  /** Rows in all event files together, exactly; at least 1,000. */
  readonly events: number;
  readonly seed: number;
  readonly write: WriteFile;
  /** Called now and then with the rows made so far, of `events`. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** One file that a world writes. */
export interface WorldFile {
  /** Relative to the demo's folder, with '/'. */
  readonly path: string;
  /** The name of a source format of the engine. */
  readonly format: string;
  /** The table it is meant for. */
  readonly table: string;
  /** Its time column. */
  readonly time: string;
  /** The column that says who. */
  readonly actor: string;
}

/** A place with people whose doings make event files: one file here and a line in `all.ts`. */
export interface World {
  readonly name: string;
  readonly summary: string;
  readonly files: readonly WorldFile[];
  /** Writes all files; the same options give the same bytes. @throws VarveError `usage` for fewer than 1,000 events. */
  generate(options: WorldOptions): Promise<DemoTruth>;
}

/** A row of the story of the one person whose every row is known. */
export interface StoryRow {
  readonly file: string;
  /** UTC ms. */
  readonly time: number;
  /** The event of an app row, the request's path of a web row, the reason of a call. */
  readonly what: string;
}

/** What is true of the files, counted while they were made. Times are UTC ms; counts are of rows unless said. */
export interface DemoTruth {
  /** First moment of the data's span. */
  readonly from: number;
  /** The moment after the data's span. */
  readonly to: number;
  /** By file. */
  readonly rows: Readonly<Record<string, number>>;
  /** By file: its first and last time; files of events only. The web log's are whole seconds. */
  readonly span: Readonly<Record<string, { readonly first: number; readonly last: number }>>;
  /** Distinct people in the app's events. */
  readonly people: number;
  readonly app: {
    readonly byEvent: Readonly<Record<string, number>>;
    readonly byCountry: Readonly<Record<string, number>>;
    readonly byLevel: Readonly<Record<string, number>>;
    readonly byDevice: Readonly<Record<string, number>>;
    /** By UTC date. */
    readonly byDay: Readonly<Record<string, number>>;
    /** Sum of `duration` over all songs played, in seconds. */
    readonly listenedSeconds: number;
    /** Runs of one person's events without a pause longer than 30 minutes. */
    readonly sessions: number;
    /** The artist played most, alone at the top. */
    readonly topArtist: { readonly name: string; readonly plays: number };
  };
  readonly web: {
    readonly byStatus: Readonly<Record<string, number>>;
    /** Sum of body bytes. */
    readonly bytes: number;
    /** Distinct client addresses. */
    readonly hosts: number;
    /** Distinct people who were logged in. */
    readonly users: number;
  };
  readonly calls: { readonly byReason: Readonly<Record<string, number>>; readonly people: number };
  /** People who did the steps in order, all within `windowDays` of the first; a person registers once at most. */
  readonly funnel: {
    readonly steps: readonly string[];
    readonly windowDays: number;
    readonly people: readonly number[];
  };
  readonly story: { readonly user: string; readonly rows: readonly StoryRow[] };
}
