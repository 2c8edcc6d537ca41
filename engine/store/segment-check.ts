import { compareBytes } from '../base/compare-text.ts';
import { isVarveError, VarveError } from '../base/errors.ts';
import type { Dictionary } from '../column/dictionary.ts';
import { zoneOfVector } from '../column/zone-map.ts';
import type { Vfs } from '../host/vfs.ts';
import type { FooterColumn, SegmentFooter } from './footer.ts';
import { hashTexts } from './hash-texts.ts';
import { aligned, headerBytes, pageHeaderBytes, readPageHeader } from './layout.ts';
import { createNoCache } from './no-cache.ts';
import { closeSegments, readExactly, segmentsOf } from './open-segments.ts';
import type { ActorEntries, RowSource, SegmentMeta } from './row-source.ts';
import type { Place } from './segment-pages.ts';
import { openSegment } from './segment-reader.ts';
import type { SourceEnvironment } from './source-environment.ts';

/** Entries of the directory that are held at once. */
const sliceEntries = 131_072;

/**
 * Reads every byte of a segment and checks all that can be: checksums, that every part decodes, zones, the order of
 * dictionaries and directory, that the parts fill the file.
 *
 * @param meta what the manifest says of it.
 * @returns what is wrong with it, in sentences that name the file; empty when nothing is.
 * @throws VarveError only when the file cannot be read at all: `not_found`, `storage_failed`, `unsupported_version`.
 */
export function checkSegment(vfs: Vfs, path: string, meta: SegmentMeta): string[] {
  const environment: SourceEnvironment = { vfs, cache: createNoCache() };
  const findings: string[] = [];
  const check = (action: () => void): void => {
    try {
      action();
    } catch (error) {
      if (!isVarveError(error) || error.code !== 'data_corrupted') throw error;
      findings.push(error.message);
    }
  };
  try {
    check(() => {
      const columns = meta.columns.map(({ id }) => ({ id, name: String(id) }));
      const source = openSegment(environment, { kind: 'segment', path, meta, columns, actor: null });
      const { footer } = segmentsOf(environment).head(path).head;
      checkMeta(path, footer, meta, check);
      check(() => checkPlaces(environment, path, footer));
      checkDirectory(path, source, footer, check);
      for (const column of footer.columns) checkColumn(path, source, column, check);
    });
  } finally {
    closeSegments(environment);
  }
  return findings;
}

type Check = (action: () => void) => void;

function wrong(path: string, what: string): VarveError {
  return new VarveError('data_corrupted', `Segment "${path}": ${what}.`);
}

function checkMeta(path: string, footer: SegmentFooter, meta: SegmentMeta, check: Check): void {
  check(() => {
    if (footer.timeMin !== meta.timeMin || footer.timeMax !== meta.timeMax)
      throw wrong(path, 'its times are not those that the manifest says');
  });
  check(() => {
    const types = (columns: SegmentMeta['columns']) => columns.map(({ id, type, wide }) => `${id} ${type} ${wide}`);
    if (types(footer.columns).sort().join() !== types(meta.columns).sort().join())
      throw wrong(path, 'its columns are not those that the manifest says');
  });
}

/** Parts lie one after another from the header to the footer, pages end with zeros. */
function checkPlaces(environment: SourceEnvironment, path: string, footer: SegmentFooter): void {
  const places: Place[] = [...footer.directory];
  for (const { dictionary, hashes, blocks } of footer.columns)
    places.push(...(dictionary ?? []), ...(hashes ?? []), ...(blocks ?? []).filter((block) => block !== null));
  places.sort((a, b) => a.offset - b.offset);
  const file = segmentsOf(environment).file(path);
  let end = headerBytes;
  for (const { offset, bytes } of places) {
    if (offset !== end) throw wrong(path, `nothing of it lies at byte ${end}, or two parts do`);
    end = offset + bytes;
    const part = readExactly(file, offset, bytes);
    for (let at = 0; at < part.length;) {
      const header = readPageHeader(part, at);
      // A page without its checksum is found where it is decoded.
      if (header === null) break;
      const used = pageHeaderBytes + header.payloadBytes;
      if (part.subarray(at + used, at + aligned(used)).some((byte) => byte !== 0))
        throw wrong(path, `bytes behind the page at ${offset + at} are not 0`);
      at += aligned(used);
    }
  }
  const { footerOffset, footerBytes } = segmentsOf(environment).head(path).head;
  if (end !== footerOffset) throw wrong(path, `nothing of it lies at byte ${end}, or two parts do`);
  const padding = readExactly(file, footerOffset + footerBytes, aligned(footerBytes) - footerBytes);
  if (padding.some((byte) => byte !== 0)) throw wrong(path, 'bytes behind its footer are not 0');
}

/** Entries are in the order of (hash, actor), and no actor has two. */
function checkDirectory(path: string, source: RowSource, footer: SegmentFooter, check: Check): void {
  const slices = Math.max(1, Math.ceil(footer.entries / sliceEntries));
  for (let slice = 0; slice < slices; slice++) {
    const from = Math.floor((slice * 2 ** 32) / slices);
    const to = Math.floor(((slice + 1) * 2 ** 32) / slices);
    check(() => {
      const entries = source.readActors({ from, to });
      for (let entry = 1; entry < entries.count; entry++) {
        if (!isInOrder(entries, entry))
          throw wrong(path, `entry ${entries.firstEntry + entry} of its actor directory is out of order`);
      }
    });
  }
}

function isInOrder({ hashes, nobody, texts }: ActorEntries, entry: number): boolean {
  const high = hashes[2 * entry + 1] - hashes[2 * entry - 1];
  if (high !== 0) return high > 0;
  const low = hashes[2 * entry] - hashes[2 * entry - 2];
  if (low !== 0) return low > 0;
  if (nobody[entry] === 1) return true;
  return nobody[entry - 1] === 0 && isBefore(texts, entry - 1);
}

/** @returns whether an entry of a dictionary comes before the next, by bytes. */
function isBefore({ bytes, offsets }: Dictionary, entry: number): boolean {
  return compareBytes(bytes, offsets[entry], offsets[entry + 1], bytes, offsets[entry + 1], offsets[entry + 2]) < 0;
}

function checkColumn(path: string, source: RowSource, column: FooterColumn, check: Check): void {
  const name = String(column.id);
  if (source.columnType(name) === null) return;
  source.blocks.forEach((_, block) =>
    check(() => {
      const found = zoneOfVector(source.readBlock(name, block));
      const zone = source.zone(name, block);
      if (zone !== null && (found.nulls !== zone.nulls || found.min !== zone.min || found.max !== zone.max))
        throw wrong(path, `block ${block} of column ${name} does not hold what its zone says`);
    }),
  );
  if (column.dictionary === null) return;
  check(() => {
    const dictionary = source.readDictionary(name);
    for (let entry = 0; entry + 1 < dictionary.count; entry++)
      if (!isBefore(dictionary, entry)) throw wrong(path, `the dictionary of column ${name} is not sorted`);
    const hashes = hashTexts(dictionary.bytes, dictionary.offsets, dictionary.count, 0);
    if (source.readDictionaryHashes(name).some((word, index) => word !== hashes[index]))
      throw wrong(path, `the dictionary of column ${name} has hashes of other texts`);
  });
  source.release();
}
