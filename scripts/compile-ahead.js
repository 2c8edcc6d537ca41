// Runs the bundle in argument 1 as queries do and keeps the code that V8 has made of it meanwhile: functions are compiled
// when they are first called, so that what never ran here is still compiled where it runs.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import zlib from 'node:zlib';

const bundle = pathToFileURL(`${process.argv[2]}/`);
const { codeBegin, codeFile, loadEntry, script } = await import(new URL('load-engine.js', bundle).href);
const { open } = await import(new URL('index.js', bundle).href);

const rows = 20_000;
const questions = [
  "select count() from events where event = 'e3'",
  "select count(), sum(amount) from events since '2026-01-02' until '2026-01-09' where country = 'c1' and amount >= 5",
  'select country, count(), sum(amount), avg(duration) from events group by country',
  'select count() from events group by event every 1d',
  'select url, count() from events group by url order by count desc, url limit 10',
  'select country, p50(duration), min(amount), max(amount) from events group by country',
  "select count() from events where contains(url, 'page/1') and url ~ '[0-9]*5'",
  'select country, plan, event, count() from events group by country, plan, event',
  'select actor, count() from events group by actor order by count desc, actor limit 10',
  "select actor, last(event) from events where actor in ('a1', 'a5') group by actor",
  'select country, uniq(actor) from events group by country',
  'select uniq(actor), uniq(url) from events every 1d trailing 7d',
  'select * from events order by time desc limit 10',
];

/** Rows as they come in life: names of events, texts, numbers, some missing; an actor's country never changes. */
async function* lines() {
  for (let row = 0; row < rows; row++) {
    const actor = (row * 7919) % 997;
    const event = {
      time: new Date(Date.UTC(2026, 0, 1) + row * 150_000).toISOString(),
      actor: `a${actor}`,
      event: `e${row % 11}`,
      country: `c${actor % 13}`,
      plan: actor % 3 === 0 ? 'paid' : 'free',
      url: `https://example.org/page/${(row * 31) % 1_777}`,
      duration: (row * 37) % 5_000,
      ...(row % 10 === 0 ? { amount: (row % 1_000) / 4 } : {}),
    };
    yield Buffer.from(`${JSON.stringify(event)}\n`);
  }
}

/** Another process writes: what only that needs is not loaded by those who ask. */
if (process.argv[3] !== undefined) {
  const writer = await open(process.argv[3], { threads: 0 });
  await writer.import(lines(), { table: 'events' });
  await writer.close();
} else {
  const folder = mkdtempSync(join(tmpdir(), 'varve-compile-'));
  try {
    const store = join(folder, 'store');
    execFileSync(process.execPath, [fileURLToPath(import.meta.url), process.argv[2], store], { stdio: 'inherit' });
    await askAll(store);
    keepCode();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function askAll(store) {
  const reader = await open(store, { readOnly: true, threads: 0 });
  for (const question of questions) [...(await reader.query(question)).values(0)];
  await reader.close();
  for (const entry of ['execute/worker', 'host/node-threads']) loadEntry(entry);
}

function keepCode() {
  const code = script.createCachedData();
  const bytes = Buffer.alloc(codeBegin + code.length);
  code.copy(bytes, codeBegin);
  bytes.writeUInt32LE(zlib.crc32(code), 0);
  // Whole or not at all: others may start meanwhile.
  writeFileSync(`${codeFile}.new`, bytes);
  renameSync(`${codeFile}.new`, codeFile);
}
