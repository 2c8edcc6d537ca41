import { errorFromUnknown } from '../base/errors.ts';
import type { Host } from '../host/host.ts';

/**
 * Files that the manifest no longer names, each with the edit that let it go: removed once nobody reads an older
 * version of the store.
 */
export class ObsoleteFiles {
  readonly #host: Host;
  #files: { readonly path: string; readonly edit: number }[] = [];
  readonly #pins = new Map<number, number>();
  #removing: Promise<void> = Promise.resolve();

  constructor(host: Host) {
    this.#host = host;
  }

  /** Keeps the files of a version. @param edit number of its last edit. */
  pin(edit: number): void {
    this.#pins.set(edit, (this.#pins.get(edit) ?? 0) + 1);
  }

  unpin(edit: number): void {
    const count = this.#pins.get(edit) ?? 0;
    if (count > 1) this.#pins.set(edit, count - 1);
    else this.#pins.delete(edit);
    this.sweep();
  }

  /** Versions that somebody reads. */
  get pins(): number {
    return [...this.#pins.values()].reduce((sum, count) => sum + count, 0);
  }

  add(paths: readonly string[], edit: number): void {
    for (const path of paths) this.#files.push({ path, edit });
    this.sweep();
  }

  /** Removes what may go; a file that cannot be removed is left to the next open. */
  sweep(): void {
    const oldest = this.#pins.size === 0 ? Infinity : Math.min(...this.#pins.keys());
    const free = this.#files.filter(({ edit }) => edit <= oldest);
    if (free.length === 0) return;
    this.#files = this.#files.filter(({ edit }) => edit > oldest);
    this.#removing = this.#removing.then(async () => {
      for (const { path } of free) {
        try {
          await this.#host.vfs.unlink(path);
        } catch (error) {
          const { code, message } = errorFromUnknown(error);
          if (code !== 'not_found') this.#host.log('file_not_removed', { path, problem: message });
        }
      }
    });
  }

  /** Waits for the removals that are under way. */
  settled(): Promise<void> {
    return this.#removing;
  }
}
