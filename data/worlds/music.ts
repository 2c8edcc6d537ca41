import { VarveError } from '../../engine/base/errors.ts';
import { createChooser, createRandom, zipfWeights, type Chooser, type Random } from '../random.ts';
import { DayFile } from './day-files.ts';
import { createCatalogue } from './music-catalogue.ts';
import { accountHeader, accountLine } from './music-lines.ts';
import { countries, createPerson, createStoryPerson, type Person } from './music-people.ts';
import { runSession } from './music-session.ts';
import { MusicStage } from './music-stage.ts';
import { runStory, storyRows } from './music-story.ts';
import { files, MusicTally, sessionGapMs } from './music-tally.ts';
import type { DemoTruth, World, WorldOptions } from './world.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const days = 90;
/** The last day is 2026-06-30: fixed, so that the same seed gives the same files for ever. */
const toMs = Date.UTC(2026, 6, 1);
const fromMs = toMs - days * dayMs;

const eventsMin = 1000;
const eventsPerPerson = 45;
/** Share of each day's rows that robots and strangers make. */
const robotShare = 0.02;
/** From Sunday on: people work on weekdays, with music. */
const weekdayWeights = [0.72, 0.98, 1, 1.02, 1.05, 1.12, 0.84];
/** By the hour on a person's own clock. */
const hourWeights = [
  0.25, 0.14, 0.08, 0.06, 0.06, 0.1, 0.25, 0.5, 0.72, 0.75, 0.72, 0.74, 0.8, 0.78, 0.74, 0.76, 0.82, 0.9, 0.97, 1, 0.98,
  0.88, 0.68, 0.45,
];
/** Sessions begin at an hour (UTC) as often as people of all countries are awake then. */
const dayHours = createChooser(
  hourWeights.map((_, hour) =>
    countries.reduce((sum, { weight, offsetHours }) => sum + weight * hourWeights[localHour(hour, offsetHours)]!, 0),
  ),
);
/** Growth of the service over the whole span. */
const growth = 0.35;
/** People tried for a session before its moment is given up. */
const triesMax = 60;
/** Rounds of a day before the rest is left to the next day. */
const roundsMax = 40;

/** A music service: who comes, listens, pays, pays no more, leaves; its web log, app events, calls and customers. */
export const music: World = {
  name: 'music',
  summary:
    "a music service over 90 days: its web log, its app's events, calls to support, and the customers of its CRM",
  files: [
    { path: files.web, format: 'nginx', table: 'web', time: 'time', actor: 'user' },
    { path: files.app, format: 'json', table: 'app', time: 'time', actor: 'user_id' },
    { path: files.calls, format: 'csv', table: 'calls', time: 'time', actor: 'user_id' },
    { path: files.accounts, format: 'csv', table: 'accounts', time: 'signed_up', actor: 'user_id' },
  ],
  generate,
};

async function generate(options: WorldOptions): Promise<DemoTruth> {
  const { events, seed, write } = options;
  if (!Number.isSafeInteger(events) || events < eventsMin) {
    throw new VarveError('usage', `The demo cannot be made of ${events} events.`, {
      hint: `Ask for a whole number from ${eventsMin} on.`,
    });
  }
  const random = createRandom(seed);
  const catalogue = createCatalogue();
  const people = Array.from({ length: Math.ceil(events / eventsPerPerson) }, (_, index) =>
    createPerson(index, fromMs, toMs, random),
  );
  const mara = createStoryPerson(fromMs, toMs);
  const tally = new MusicTally(catalogue.artists, mara.id);
  const stage = new MusicStage(random, catalogue, tally, { rowsMax: events, untilMs: toMs });
  const activity = createChooser(zipfWeights(people.length, 0.8, 12));
  const targets = dayTargets(events);

  await stage.begin(write);
  let storyDone = 0;
  for (let day = 0; day < days; day++) {
    const startMs = fromMs + day * dayMs;
    const before = stage.rows;
    runStory(stage, mara, startMs, startMs + dayMs);
    storyDone += stage.rows - before;
    // The rest of the story has its room kept, whatever the others do.
    const target = Math.min(targets[day]!, events - (storyRows - storyDone));
    const robots = Math.round((target - stage.rows) * robotShare);
    for (let count = 0; count < robots; count++) runRobot(stage, startMs);
    runDay(stage, people, activity, startMs, target);
    if (day === days - 1) while (stage.rows < events) runRobot(stage, startMs);
    await stage.flush(startMs + dayMs, write);
    options.onProgress?.(stage.rows, events);
  }
  await writeAccounts([mara, ...people], tally, options);
  return tally.truth(fromMs, toMs);
}

/** @returns the rows that there are to be by the end of each day. */
function dayTargets(events: number): Float64Array {
  const targets = new Float64Array(days);
  let sum = 0;
  for (let day = 0; day < days; day++) {
    const weekday = new Date(fromMs + day * dayMs).getUTCDay();
    sum += weekdayWeights[weekday]! * (1 + growth * (day / days));
    targets[day] = sum;
  }
  return targets.map((target) => Math.round((target / sum) * events));
}

/** Sessions of one day, until there are `target` rows in all. */
function runDay(
  stage: MusicStage,
  people: readonly Person[],
  activity: Chooser,
  startMs: number,
  target: number,
): void {
  const { random } = stage;
  /** Rows a session makes, as a first guess for how many to begin. */
  const rowsPerSession = 22;
  for (let round = 0; round < roundsMax && stage.rows < target; round++) {
    const starts = new Float64Array(Math.ceil((target - stage.rows) / rowsPerSession));
    for (let index = 0; index < starts.length; index++) {
      const hour = dayHours.choose(random);
      starts[index] = startMs + hour * hourMs + Math.floor(random.float() * hourMs);
    }
    starts.sort();
    for (const start of starts) {
      if (stage.rows >= target) break;
      const person = findPerson(people, activity, start, random);
      if (person !== null) runSession(stage, person, start);
    }
  }
}

/** @returns someone who could come at `time`: here, not gone, long enough away, awake. */
function findPerson(people: readonly Person[], activity: Chooser, time: number, random: Random): Person | null {
  for (let tries = 0; tries < triesMax; tries++) {
    const person = people[activity.choose(random)]!;
    const hour = localHour(time / hourMs, person.country.offsetHours);
    if (person.cancelled || time < person.comesMs || time >= person.leavesMs || time <= person.lastMs + sessionGapMs)
      continue;
    if (random.chance(hourWeights[hour]!)) return person;
  }
  return null;
}

/** @returns the hour on the clock of a country, 0–23. */
function localHour(hours: number, offsetHours: number): number {
  return Math.floor((((hours + offsetHours) % 24) + 24) % 24);
}

const robotAgents = [
  'Mozilla/5.0 (compatible; ExampleBot/2.1; +https://bot.example/)',
  'curl/8.8.0',
  'python-requests/2.32.3',
  '-',
];

/** A crawler, a health check, or someone who tries the door. */
function runRobot(stage: MusicStage, startMs: number): void {
  const { random } = stage;
  const time = startMs + Math.floor(random.float() * dayMs);
  const host = `${random.chance(0.5) ? '203.0.113' : '198.51.100'}.${1 + random.integer(254)}`;
  const agent = robotAgents[random.integer(robotAgents.length)]!;
  const kind = random.float();
  if (kind < 0.5)
    stage.serve(
      time,
      host,
      null,
      {
        method: 'GET',
        path: `/artist/${random.integer(1200)}`,
        status: 200,
        bytes: 5200 + random.integer(4000),
        referer: '-',
      },
      agent,
    );
  else if (kind < 0.7)
    stage.serve(time, host, null, { method: 'GET', path: '/robots.txt', status: 200, bytes: 118, referer: '-' }, agent);
  else if (kind < 0.9)
    stage.serve(
      time,
      host,
      null,
      { method: 'GET', path: '/wp-login.php', status: 404, bytes: 146, referer: '-' },
      'Mozilla/5.0 \\x22zgrab\\x22 0.x',
    );
  else if (kind < 0.97)
    stage.serve(
      time,
      host,
      null,
      { method: 'GET', path: '/search?q=caf\\xC3\\xA9', status: 200, bytes: 3100, referer: '-' },
      agent,
    );
  else
    stage.serve(
      time,
      host,
      null,
      { method: '', path: '\\x16\\x03\\x01\\x02\\x00\\x01', status: 400, bytes: 150, referer: '-' },
      '-',
    );
}

async function writeAccounts(people: readonly Person[], tally: MusicTally, { write }: WorldOptions): Promise<void> {
  const file = new DayFile(files.accounts);
  function* lines(): Iterable<string> {
    yield accountHeader;
    for (const person of people) {
      if (person.signedUpMs === null) continue;
      tally.account();
      yield accountLine(person, person.signedUpMs);
    }
  }
  await file.writeLines(lines(), write);
}
