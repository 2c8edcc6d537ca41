import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const engine = fileURLToPath(new URL('../dist/engine/', import.meta.url));
const modules = fileURLToPath(new URL('../node_modules', import.meta.url));

describe('the bundle', () => {
  let folder: string;
  let bundle: string;
  let code: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'varve-bundle-'));
    bundle = join(folder, 'bundle');
    cpSync(join(engine, 'bundle'), bundle, { recursive: true });
    symlinkSync(modules, join(folder, 'node_modules'));
    code = join(
      bundle,
      readdirSync(bundle).find((name) => name.endsWith('.bin'))!,
    );
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('exports what the modules do, entry by entry', async () => {
    for (const name of ['index', 'column/arrow', 'execute/worker', 'host/node-threads', 'ingest/parse-worker']) {
      const [joined, plain] = (await Promise.all(
        [join(engine, 'bundle', `${name}.js`), join(engine, `${name}.js`)].map(
          (path) => import(pathToFileURL(path).href),
        ),
      )) as [object, object];
      expect(Object.keys(joined).sort()).toEqual(Object.keys(plain).sort());
    }
  });

  it('is ASCII, so that it may be read as single bytes', () => {
    expect(readFileSync(join(bundle, 'engine.cjs')).every((byte) => byte < 0x80)).toBe(true);
  });

  it('runs code compiled ahead', () => {
    expect(existsSync(code)).toBe(true);
    expect(ask()).toEqual({ taken: true, rows: ['2'], actors: ['2'] });
  });

  it('answers the same where V8 has other flags, or the code is damaged, cut or missing', () => {
    const refused = { taken: false, rows: ['2'], actors: ['2'] };
    expect(ask(['--no-opt'])).toEqual(refused);
    const bytes = readFileSync(code);
    for (const damaged of [
      bytes.map((byte, at) => (at === 5_000 ? byte ^ 1 : byte)),
      bytes.subarray(0, 7),
      bytes.subarray(0, 9_999),
    ]) {
      writeFileSync(code, damaged);
      expect(ask()).toEqual(refused);
    }
    rmSync(code);
    expect(ask()).toEqual(refused);
  });

  function ask(flags: readonly string[] = []): unknown {
    const store = mkdtempSync(join(folder, 'store-'));
    const text = `
      const { script } = await import(${JSON.stringify(join(bundle, 'load-engine.js'))});
      const { open } = await import(${JSON.stringify(join(bundle, 'index.js'))});
      const db = await open(${JSON.stringify(store)}, { threads: 1 });
      await db.append('events', [{ time: new Date(0), actor: 'é', event: 'a' }, { time: new Date(1), actor: 'b', event: 'a' }]);
      const rows = [...(await db.query('select count() from events')).values(0)].map(String);
      const actors = [...(await db.query('select uniq(actor) from events')).values(0)].map(String);
      await db.close();
      console.log(JSON.stringify({ taken: script.cachedDataRejected === false, rows, actors }));`;
    return JSON.parse(
      execFileSync(process.execPath, [...flags, '--input-type=module', '--eval', text], { encoding: 'utf8' }),
    );
  }
});
