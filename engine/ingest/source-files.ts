import { errorFromUnknown, isVarveError, VarveError } from '../base/errors.ts';
import type { Vfs } from '../host/vfs.ts';

/** The files that were named, and those folders that could not be looked into. */
export interface FoundFiles {
  readonly files: readonly string[];
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
}

/** Folders in folders, and names in all of them; beyond that links lead in circles. */
const foldersDeepMax = 64;
const namesMax = 1_000_000;

/**
 * Finds the files that a path names: itself, all below a folder (hidden ones and stores apart) in path order, or what a glob
 * matches (`*`, `?`, `**`, `[a-z]`, `{a,b}`).
 * @throws VarveError `not_found` when there is none, `forbidden` when the path itself may not be looked into.
 */
export async function filesOf(vfs: Vfs, path: string): Promise<FoundFiles> {
  const found: Found = { names: 0, files: [], skipped: [] };
  if (/[*?[{]/.test(path) && !(await vfs.exists(path))) {
    const root = path.slice(0, path.search(/[*?[{]/)).replace(/[^/]*$/, '') || './';
    const pattern = globPattern(path.replace(/^\.\//, ''));
    await walk(vfs, root.replace(/\/$/, '') || '/', found, 0);
    const files = found.files.filter((file) => pattern.test(file.replace(/^\.\//, '')));
    if (files.length === 0)
      throw new VarveError('not_found', `No file matches "${path}".`, {
        hint: 'Hidden files are passed over; paths count from this folder.',
      });
    return { files, skipped: found.skipped };
  }
  const names = await namesIn(vfs, path);
  if (names === null) {
    if (!(await vfs.exists(path))) throw notThere(path);
    return { files: [path], skipped: [] };
  }
  if (names.length === 0 && !(await vfs.exists(path))) throw notThere(path);
  if (isStore(names))
    throw new VarveError('usage', `"${path}" is a store of Varve.`, {
      hint: 'Ask it with --data; what is imported are the files that it was made of.',
    });
  await walkNames(vfs, path.replace(/(?<=.)\/$/, ''), names, found, 0);
  if (found.files.length === 0 && found.skipped.length === 0)
    throw new VarveError('not_found', `The folder "${path}" holds no file.`, {
      hint: 'Hidden files are passed over; name one to import it.',
    });
  return found;
}

function notThere(path: string): VarveError {
  return new VarveError('not_found', `"${path}" is not there.`, {
    hint: 'Check the name; paths count from this folder.',
  });
}

interface Found {
  names: number;
  readonly files: string[];
  readonly skipped: { file: string; reason: string }[];
}

async function walk(vfs: Vfs, path: string, found: Found, depth: number): Promise<void> {
  if (++found.names > namesMax)
    throw new VarveError(
      'limit',
      `More than ${namesMax} names lie there; "${path}" may be a link that leads in a circle.`,
    );
  let names: string[] | null;
  try {
    names = depth > foldersDeepMax ? [] : await namesIn(vfs, path);
  } catch (error) {
    found.skipped.push({ file: path, reason: errorFromUnknown(error).message });
    return;
  }
  if (names === null) {
    if (await vfs.isSpecial(path)) found.skipped.push({ file: path, reason: `"${path}" is no file.` });
    else found.files.push(path);
  } else if (!isStore(names)) await walkNames(vfs, path, names, found, depth);
}

/** A store's own files are no source, also where it lies in the folder that is imported (`varve import .`). */
function isStore(names: readonly string[]): boolean {
  return names.includes('CURRENT') && names.some((name) => name.startsWith('MANIFEST-'));
}

async function walkNames(vfs: Vfs, path: string, names: string[], found: Found, depth: number): Promise<void> {
  for (const name of names)
    if (!name.startsWith('.')) await walk(vfs, path === '/' ? `/${name}` : `${path}/${name}`, found, depth + 1);
}

/** A folder is what can be listed. @returns null for a file. */
async function namesIn(vfs: Vfs, path: string): Promise<string[] | null> {
  try {
    return await vfs.list(path);
  } catch (error) {
    if (isVarveError(error) && error.code === 'not_found') return null;
    throw error;
  }
}

/** @returns what a glob matches, as a pattern over whole paths. @throws VarveError `usage` for a range that runs backwards. */
export function globPattern(glob: string): RegExp {
  let pattern = '';
  let braces = 0;
  for (let at = 0; at < glob.length; at++) {
    const character = glob[at]!;
    if (glob.startsWith('**/', at)) {
      pattern += '(?:[^/]+/)*';
      at += 2;
    } else if (character === '*') pattern += '[^/]*';
    else if (character === '?') pattern += '[^/]';
    else if (character === '[' && glob.indexOf(']', at + 2) > 0) {
      const end = glob.indexOf(']', at + 2);
      const set = glob.slice(at + 1, end).replace(/^!/, '^');
      pattern += `[${set.replace(/[\\[\]]/g, '\\$&')}]`;
      at = end;
    } else if (character === '{' && glob.includes('}', at)) {
      pattern += '(?:';
      braces++;
    } else if (character === '}' && braces > 0) {
      pattern += ')';
      braces--;
    } else if (character === ',' && braces > 0) pattern += '|';
    else pattern += character.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  }
  try {
    return new RegExp(`^${pattern}$`);
  } catch (cause) {
    throw new VarveError('usage', `"${glob}" is no glob.`, { cause, hint: 'Use *, ?, **, [a-z] and {a,b}.' });
  }
}
