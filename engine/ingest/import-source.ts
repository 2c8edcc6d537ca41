import { createHash, type Hash } from 'node:crypto';
import { resolve } from 'node:path';
import { VarveError } from '../base/errors.ts';
import { cuttingOf, lastBoundary, type Cutting } from './boundaries.ts';
import type { DetectedFormat } from './detect.ts';
import { attended, counted, noteParsed, tellProgress, type ImportRun } from './import-run.ts';
import {
  digestOf,
  digestOfHash,
  findResumption,
  headBytesMax,
  positionOf,
  type KnownSource,
  type RecordEnds,
  type Resumption,
} from './known-sources.ts';
import type { ParseTask } from './parse-piece.ts';
import { piecesOf, type Piece } from './pieces.ts';
import { bytesOfFile, type PlainBytes } from './source-bytes.ts';
import { openText, type SourceText } from './source-text.ts';

/** Bytes of whole records from which a reader of a later piece learns the header. */
const preambleBytes = 4096;

/** One source as far as the import has looked at it. */
interface OpenedSource extends SourceText {
  readonly run: ImportRun;
  readonly name: string;
  readonly cutting: Cutting;
}

/** Where a file's pieces leave word of how far it is in. */
interface FileProgress {
  readonly key: string;
  readonly source: string;
  readonly hash: Hash;
}

/** What of a source is to be read. */
interface Reading {
  /** Where the stream begins in the source. */
  readonly start: number;
  readonly progress: FileProgress | null;
  readonly preamble: Uint8Array | null;
  readonly cutRow: boolean;
}

/** Imports a stream from beginning to end. @throws VarveError as `importSource`. */
export async function importStream(run: ImportRun, name: string, stream: AsyncIterable<Uint8Array>): Promise<void> {
  const source = await openSource(run, name, stream);
  try {
    await importPieces(source, source.plain.stream, { start: 0, progress: null, preamble: null, cutRow: false });
  } finally {
    await source.plain.close();
  }
}

/** Imports what of a file is not in yet. @throws VarveError as `importSource`. */
export async function importFile(run: ImportRun, path: string): Promise<void> {
  const before = run.bytesRead;
  const looked = await withSource(run, path, null, async (source) => {
    const candidates = await candidatesFor(source);
    if (candidates.length > 0 || source.otherEncoding !== null)
      return { resumption: await continuationOf(source, candidates), otherEncoding: source.otherEncoding };
    await importNew(source);
    return null;
  });
  if (looked === null) return;
  let { resumption } = looked;
  let encoding: string | null = null;
  if (resumption === null && looked.otherEncoding !== null) {
    const other = looked.otherEncoding;
    resumption = await withSource(run, path, other, async (source) =>
      continuationOf(source, await candidatesFor(source)),
    );
    if (resumption !== null) encoding = other;
  }
  if (resumption?.complete === true) {
    run.resumed++;
    tellProgress(run, run.bytesRead);
    return;
  }
  await importRest(run, path, encoding, resumption, before);
}

/** @param before what of all sources was read before this one. */
async function importRest(
  run: ImportRun,
  path: string,
  encoding: string | null,
  resumption: Resumption | null,
  before: number,
): Promise<void> {
  const preamble =
    resumption === null || resumption.from === 0
      ? null
      : await withSource(run, path, encoding, (source) => preambleOfFile(source, resumption.from));
  run.bytesRead = before;
  await withSource(run, path, encoding, async (source) => {
    if (resumption === null) return importNew(source);
    run.resumed++;
    const { from: start, cutRow } = resumption;
    const progress = await progressFrom(run, resumption, path);
    return importPieces(source, skipBytes(source.plain.stream, start), { start, progress, preamble, cutRow });
  });
}

async function continuationOf(
  { plain, cutting }: OpenedSource,
  candidates: readonly KnownSource[],
): Promise<Resumption | null> {
  return candidates.length === 0 ? null : findResumption(plain.stream, candidates, recordEnds[cutting.kind]);
}

async function withSource<T>(
  run: ImportRun,
  path: string,
  encoding: string | null,
  use: (source: OpenedSource) => Promise<T>,
): Promise<T> {
  const source = await openSource(run, path, bytesOfFile(run.host.vfs, path), encoding);
  try {
    return await use(source);
  } finally {
    await source.plain.close();
  }
}

async function importNew(source: OpenedSource): Promise<void> {
  const { run, name, plain } = source;
  const hash = createHash('sha256');
  const progress = { key: run.known.freeKey(plain.head), source: resolve(name), hash };
  if (run.known.fromPath(progress.source) !== undefined)
    run.warnings.push(`"${name}" does not begin with what was imported from it before: all of it is read as new data`);
  await importPieces(source, plain.stream, { start: 0, progress, preamble: null, cutRow: false });
}

async function* skipBytes(stream: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  let left = count;
  for await (const chunk of stream) {
    if (chunk.length > left) yield left === 0 ? chunk : chunk.subarray(left);
    left -= Math.min(left, chunk.length);
  }
}

async function openSource(
  run: ImportRun,
  name: string,
  raw: AsyncIterable<Uint8Array>,
  encoding: string | null = null,
): Promise<OpenedSource> {
  const text = await openText(name, counted(run, raw), run.settings, headBytesMax, headBytesMax, encoding);
  try {
    const format = sameFormat(run, text.format, name);
    const delimiter = format.options['delimiter'];
    const cutting = cuttingOf(format.format.framing, text.plain.head, typeof delimiter === 'string' ? delimiter : ',');
    const plain = { ...text.plain, stream: attended(run, text.plain.stream) };
    return { run, name, ...text, plain, format: withCompression(format, plain), cutting };
  } catch (error) {
    await text.plain.close();
    throw error;
  }
}

function withCompression(format: DetectedFormat, { compression }: PlainBytes): DetectedFormat {
  return compression === null ? format : { ...format, evidence: `${format.evidence}, compressed with ${compression}` };
}

/** All files of one import are of the first one's format, unless it was named. */
function sameFormat(run: ImportRun, found: DetectedFormat, name: string): DetectedFormat {
  if (run.format !== null && run.settings.format === undefined && found.format !== run.format.format) {
    throw new VarveError('usage', `"${name}" is ${found.format.name}, the first file was ${run.format.format.name}.`, {
      hint: 'Import it apart, or say --format.',
    });
  }
  run.format ??= found;
  return found;
}

/** @returns what is in, under whatever name, and begins as this source does. */
async function candidatesFor({ run, plain }: OpenedSource): Promise<KnownSource[]> {
  const { head } = plain;
  if ([...run.pendingHeads.keys()].some((other) => beginAlike(other, head))) await run.pipeline.settle();
  return run.known.candidates(head);
}

const recordEnds: Readonly<Record<Cutting['kind'], RecordEnds>> = {
  lines: 'lines',
  'json-lines': 'lines',
  csv: 'quotes',
  json: 'braces',
};

function beginAlike(a: Uint8Array, b: Uint8Array): boolean {
  const length = Math.min(a.length, b.length);
  return Buffer.compare(a.subarray(0, length), b.subarray(0, length)) === 0;
}

/** The place of a file that grew, or was renamed, moves on; a copy of one that is still there gets a place of its own. */
async function progressFrom(run: ImportRun, { known, hash }: Resumption, path: string): Promise<FileProgress> {
  const source = resolve(path);
  const copied = known.source !== source && (await run.host.vfs.exists(known.source));
  return { key: copied ? run.known.freeKey(new TextEncoder().encode(source)) : known.key, source, hash };
}

/** A reader of a piece that is not the first learns the header from the records before. @param to how far they go. */
async function preambleOfFile({ cutting, run, plain, format }: OpenedSource, to: number): Promise<Uint8Array | null> {
  const carry = format.format.carry;
  let preamble: Uint8Array | null = null;
  for await (const piece of piecesOf(firstBytes(plain.stream, to), cutting, run.buffers)) {
    preamble = carry?.(piece.bytes, preamble) ?? preambleOf(piece, cutting);
    if (piece.buffer !== null) run.buffers.giveBack(piece.buffer);
    if (carry === undefined) return preamble;
  }
  return preamble;
}

async function* firstBytes(stream: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  let left = count;
  for await (const chunk of stream) {
    yield chunk.subarray(0, left);
    left -= Math.min(left, chunk.length);
    if (left === 0) return;
  }
}

function preambleOf({ bytes }: Piece, cutting: Cutting): Uint8Array {
  for (let size = preambleBytes; size < bytes.length; size *= 4) {
    const end = lastBoundary(bytes.subarray(0, size), cutting);
    if (end > 0) return bytes.slice(0, end);
  }
  return bytes.slice(0, lastBoundary(bytes, cutting) || bytes.length);
}

async function importPieces(source: OpenedSource, stream: AsyncIterable<Uint8Array>, reading: Reading): Promise<void> {
  const { run, name, format, plain } = source;
  const { head } = plain;
  const { progress } = reading;
  const { carry } = format.format;
  let { preamble, cutRow } = reading;
  let sum = progress === null ? '' : digestOfHash(progress.hash);
  const watch = progress === null ? undefined : (bytes: Uint8Array) => void progress.hash.update(bytes);
  for await (const piece of piecesOf(stream, source.cutting, run.buffers, reading.start, watch)) {
    const task = taskOf(source, piece, preamble, cutRow);
    preamble = carry?.(piece.bytes, preamble) ?? preamble ?? preambleOf(piece, source.cutting);
    cutRow = false;
    const sumBefore = sum;
    if (progress !== null) sum = digestOfHash(progress.hash);
    const moved = progress === null ? null : knownAfter(head, progress, piece, sumBefore, sum);
    const { bytesRead } = run;
    run.pendingHeads.set(head, (run.pendingHeads.get(head) ?? 0) + 1);
    await run.pipeline.push(task, (parsed) => {
      const pending = run.pendingHeads.get(head)! - 1;
      if (pending === 0) run.pendingHeads.delete(head);
      else run.pendingHeads.set(head, pending);
      if (piece.buffer !== null) run.buffers.giveBack(piece.buffer);
      run.bytesIn += piece.length;
      noteParsed(run, name, format, parsed);
      tellProgress(run, bytesRead);
      if (moved === null) return {};
      const known = piece.kind === 'tail' ? { ...moved, tailRows: parsed.rows } : moved;
      run.known.record(known);
      return { [known.key]: positionOf(run.table, known) };
    });
    // What the columns are is found in the first rows; the others go by it.
    if (run.choice === null) await run.pipeline.settle();
  }
}

function taskOf(
  { run, name, format }: OpenedSource,
  piece: Piece,
  preamble: Uint8Array | null,
  cutRow: boolean,
): ParseTask {
  const { kind, bytes, offset, length } = piece;
  return {
    format: format.format.name,
    options: format.options,
    timezone: run.timezone,
    preamble,
    piece: { kind, bytes, offset, length },
    cutRow,
    name,
    choice: run.choice,
    wanted: run.wanted,
    constants: run.settings.set ?? {},
    now: run.host.clock.now(),
  };
}

/** How far a file is in once this piece is. */
function knownAfter(
  head: Uint8Array,
  progress: FileProgress,
  piece: Piece,
  sumBefore: string,
  sum: string,
): KnownSource {
  const { key, source } = progress;
  const bytes = piece.offset + piece.length;
  const tail = piece.kind === 'tail' ? piece.offset : bytes;
  const headBytes = Math.min(head.length, tail > 0 ? tail : bytes);
  return {
    ...{ key, source, headBytes, head: digestOf(head.subarray(0, headBytes)) },
    ...{ bytes, sum, tail, tailSum: tail === bytes ? sum : sumBefore, tailRows: 0 },
  };
}
