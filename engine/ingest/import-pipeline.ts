import { errorFromUnknown, VarveError } from '../base/errors.ts';
import type { Host } from '../host/host.ts';
import type { ImportPart, ImportPosition, Store, TableOptions } from '../store/store-types.ts';
import type { ParsedPiece, ParseTask } from './parse-piece.ts';
import { rejectedOptions, rejectedTable } from './quarantine.ts';

/** One call of the store: what makes a segment of a good size. */
const commitRows = 524_288;
const commitBytes = 64 * 1024 * 1024;
/** Commits under way beside the one that is being gathered. */
const commitsMax = 2;
/** Pieces a thread that are read ahead, so that none waits for the reader. */
const piecesAhead = 2;

/** What the pipeline says about a piece, in the order of the pieces, and what commits with its rows. */
export type PieceTaken = (parsed: ParsedPiece) => Readonly<Record<string, ImportPosition>>;

/**
 * Parses pieces in threads, side by side, and commits them in the order in which they were pushed. Holds at most a fixed
 * number of pieces and of commits: `push` waits where the parser or the store are slower than the reader.
 */
export interface ImportPipeline {
  /**
   * @param taken called once the pieces before it were taken; its positions commit together with the rows.
   * @throws the first error of any piece or commit before.
   */
  push(task: ParseTask, taken: PieceTaken): Promise<void>;
  /** Waits until every piece was taken. @throws as `push`. */
  settle(): Promise<void>;
  /** Waits until every piece was taken, up to the first that failed, and is durable. @throws as `push`. */
  finish(): Promise<void>;
  /** Whether a piece or a commit failed: then nothing more goes in. */
  failed(): boolean;
}

/** @returns the error of an import whose signal fired. */
export function calledOff(cause?: unknown): VarveError {
  return new VarveError('cancelled', 'The import was called off; what was committed stays.', { cause });
}

interface Group {
  readonly batches: Uint8Array[];
  readonly rejected: Uint8Array[];
  readonly positions: Map<string, ImportPosition>;
  rows: number;
  bytes: number;
}

const emptyGroup = (): Group => ({ batches: [], rejected: [], positions: new Map(), rows: 0, bytes: 0 });

/**
 * @param options how the table is made when it is not there; asked for when the first rows commit.
 * @param signal calls off what was not begun.
 */
export function createImportPipeline(
  host: Host,
  store: Store,
  table: string,
  options: () => TableOptions,
  signal: AbortSignal | undefined,
): ImportPipeline {
  const placesMax = Math.max(1, host.threads.count * piecesAhead);
  let group = emptyGroup();
  let failed: VarveError | null = null;
  let commitFailed = false;
  let places = placesMax;
  let freed = (): void => undefined;
  let turn: Promise<void> = Promise.resolve();
  const commits: Promise<void>[] = [];

  const fail = (error: unknown): void => {
    const known = errorFromUnknown(error);
    failed ??= known.code === 'cancelled' ? calledOff(known) : known;
  };
  const commit = async (): Promise<void> => {
    const parts = partsOf(group, table, options);
    const positions = Object.fromEntries(group.positions);
    const empty = parts.length === 0 && group.positions.size === 0;
    group = emptyGroup();
    if (empty) return;
    const done = store.importBatches(parts, positions).catch((error: unknown) => {
      commitFailed = true;
      fail(error);
    });
    commits.push(done);
    if (commits.length > commitsMax) await commits.shift();
  };
  const take = async (parsing: Promise<ParsedPiece>, taken: PieceTaken): Promise<void> => {
    try {
      const parsed = await parsing;
      if (failed !== null) return;
      addToGroup(group, parsed, taken(parsed));
      if (group.rows >= commitRows || group.bytes >= commitBytes) await commit();
    } catch (error) {
      fail(error);
    } finally {
      places++;
      freed();
    }
  };
  const check = (): void => {
    if (failed !== null) throw failed;
  };
  const settle = async (): Promise<void> => {
    await turn;
    check();
  };
  return {
    async push(task, taken) {
      while (places === 0 && failed === null)
        await new Promise<void>((resolve) => {
          freed = resolve;
        });
      check();
      places--;
      const parsing = host.threads.run<ParsedPiece>('parse', 'parse', task, signal);
      // A piece that fails while one before it is still awaited is looked at in its turn.
      parsing.catch(() => undefined);
      turn = turn.then(() => take(parsing, taken));
    },
    settle,
    async finish() {
      await turn;
      if (!commitFailed) await commit();
      await Promise.all(commits.splice(0));
      check();
    },
    failed: () => failed !== null,
  };
}

function addToGroup(group: Group, parsed: ParsedPiece, positions: Readonly<Record<string, ImportPosition>>): void {
  if (parsed.batch !== null) group.batches.push(parsed.batch);
  if (parsed.rejectedBatch !== null) group.rejected.push(parsed.rejectedBatch);
  group.rows += parsed.rows + parsed.rejected;
  group.bytes += (parsed.batch?.length ?? 0) + (parsed.rejectedBatch?.length ?? 0);
  for (const [key, position] of Object.entries(positions)) group.positions.set(key, position);
}

function partsOf(group: Group, table: string, options: () => TableOptions): ImportPart[] {
  const parts: ImportPart[] = [];
  if (group.batches.length > 0) parts.push({ table, options: options(), batches: group.batches });
  if (group.rejected.length > 0)
    parts.push({ table: rejectedTable, options: rejectedOptions, batches: group.rejected });
  return parts;
}
