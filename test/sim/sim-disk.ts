import { VarveError } from '../../engine/base/errors.ts';
import { SimFile } from './sim-file.ts';
import type { SeededRng } from './sim-rng.ts';

/** A folder: the names that a listing shows, and those that the device keeps. */
export interface SimFolder {
  readonly kind: 'folder';
  names: Map<string, SimNode>;
  durable: Map<string, SimNode>;
}

export type SimNode = SimFile | SimFolder;

/** A change of names that no `syncFolder` has made durable. */
interface NameChange {
  readonly order: number;
  readonly folder: SimFolder;
  readonly name: string;
  readonly node: SimNode | null;
  /** A rename: the place that the node leaves in the same step. */
  readonly from: { readonly folder: SimFolder; readonly name: string } | null;
  /** A failed sync has forgotten it: listings show it, the device never gets it. */
  lost: boolean;
}

/** A simulated disk: the tree of one file system in memory. */
export class SimDisk {
  readonly root: SimFolder = newFolder();
  #pending: NameChange[] = [];
  #order = 0;

  folder(path: string): SimFolder | null {
    let node: SimNode = this.root;
    for (const part of partsOf(path)) {
      const next: SimNode | undefined = node.kind === 'folder' ? node.names.get(part) : undefined;
      if (next === undefined) return null;
      node = next;
    }
    return node.kind === 'folder' ? node : null;
  }

  find(path: string): SimNode | null {
    const parts = partsOf(path);
    const name = parts.pop();
    return name === undefined ? this.root : (this.folder(parts.join('/'))?.names.get(name) ?? null);
  }

  file(path: string): SimFile {
    const node = this.find(path);
    if (node?.kind !== 'file') throw missing(path);
    return node;
  }

  create(path: string): SimFile {
    const { folder, name } = this.#place(path);
    if (folder.names.has(name)) throw new VarveError('storage_failed', `"${path}" failed: it exists.`);
    const file = new SimFile();
    this.#change(folder, name, file, null);
    return file;
  }

  makeFolder(path: string): void {
    let folder = this.root;
    for (const part of partsOf(path)) {
      let next = folder.names.get(part);
      if (next === undefined) {
        next = newFolder();
        this.#change(folder, part, next, null);
      }
      if (next.kind !== 'folder') throw new VarveError('storage_failed', `"${path}" failed: a file is in the way.`);
      folder = next;
    }
  }

  rename(from: string, to: string): void {
    const source = this.#place(from);
    const target = this.#place(to);
    const node = source.folder.names.get(source.name);
    if (node === undefined) throw missing(from);
    this.#change(target.folder, target.name, node, source);
  }

  unlink(path: string): void {
    const { folder, name } = this.#place(path);
    if (folder.names.get(name)?.kind !== 'file') throw missing(path);
    this.#change(folder, name, null, null);
  }

  removeFolder(path: string): void {
    const { folder, name } = this.#place(path);
    const node = folder.names.get(name);
    if (node?.kind !== 'folder') throw missing(path);
    if (node.names.size > 0) throw new VarveError('storage_failed', `"${path}" failed: it is not empty.`);
    this.#change(folder, name, null, null);
  }

  /** @returns a mark of all changes of names so far, for `syncFolder`. */
  mark(): number {
    return this.#order;
  }

  /** Makes a folder's changes up to the mark durable, those of other folders as they were. */
  syncFolder(folder: SimFolder, mark: number): void {
    this.#pending = this.#pending.filter((change) => {
      if (change.order > mark || change.lost || (change.folder !== folder && change.from?.folder !== folder))
        return true;
      applyChange(change, 'durable');
      return false;
    });
  }

  /** A sync of a folder fails: its changes may count as done although the device never gets them. */
  failSyncFolder(folder: SimFolder, mark: number, rng: SeededRng): void {
    const lose = rng.chance(0.5);
    for (const change of this.#pending) {
      if (change.order > mark || (change.folder !== folder && change.from?.folder !== folder)) continue;
      // A folder that was made is left out: nothing could be built on a disk that forgets those.
      change.lost ||= lose && change.node?.kind !== 'folder';
    }
  }

  /** The process alone dies: clean pages may leave the cache before the next one reads. */
  evict(rng: SeededRng): void {
    for (const file of this.files(this.root)) if (rng.chance(0.5)) file.evict();
  }

  /** The power fails: changes of names survive in their order up to some point, or each by itself. */
  powerCut(rng: SeededRng): void {
    const inOrder = rng.chance(0.5);
    const kept = [0, 0.3, 0.7, 1][rng.integer(4)];
    const end = rng.integer(this.#pending.length + 1);
    this.#pending.forEach((change, index) => {
      if (!change.lost && (inOrder ? index < end : rng.chance(kept))) applyChange(change, 'durable');
    });
    this.#pending = [];
    restore(this.root);
    for (const file of this.files(this.root)) file.crash(rng);
  }

  /** All that was changed reaches the device: an orderly shutdown of the machine. */
  flush(): void {
    for (const file of this.files(this.root)) file.sync(file.mark());
    for (const change of this.#pending) if (!change.lost) applyChange(change, 'durable');
    this.#pending = this.#pending.filter((change) => change.lost);
  }

  /** @returns every file that can be reached from a folder, a file of two names once. */
  files(folder: SimFolder, found = new Set<SimFile>()): Set<SimFile> {
    for (const node of folder.names.values()) {
      if (node.kind === 'file') found.add(node);
      else this.files(node, found);
    }
    return found;
  }

  /** @returns paths of all files below a folder, sorted. */
  paths(path: string): string[] {
    const folder = this.folder(path);
    if (folder === null) return [];
    const found: string[] = [];
    for (const [name, node] of folder.names) {
      if (node.kind === 'file') found.push(`${path}/${name}`);
      else found.push(...this.paths(`${path}/${name}`));
    }
    return found.sort();
  }

  #place(path: string): { folder: SimFolder; name: string } {
    const parts = partsOf(path);
    const name = parts.pop();
    const folder = this.folder(parts.join('/'));
    if (folder === null || name === undefined) throw missing(path);
    return { folder, name };
  }

  #change(folder: SimFolder, name: string, node: SimNode | null, from: NameChange['from']): void {
    const change: NameChange = { order: ++this.#order, folder, name, node, from, lost: false };
    applyChange(change, 'names');
    this.#pending.push(change);
  }
}

function applyChange({ folder, name, node, from }: NameChange, to: 'names' | 'durable'): void {
  if (from !== null && from.folder[to].get(from.name) === node) from.folder[to].delete(from.name);
  if (node === null) folder[to].delete(name);
  else folder[to].set(name, node);
}

function restore(folder: SimFolder): void {
  folder.names = new Map(folder.durable);
  for (const node of folder.names.values()) if (node.kind === 'folder') restore(node);
}

function newFolder(): SimFolder {
  return { kind: 'folder', names: new Map(), durable: new Map() };
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

function missing(path: string): VarveError {
  return new VarveError('not_found', `"${path}" is not there.`);
}
