import type { Person } from './music-people.ts';
import type { MusicStage } from './music-stage.ts';

const site = 'https://music.example/';

interface Scene {
  /** UTC. */
  readonly time: string;
  run(stage: MusicStage, person: Person, time: number): void;
}

function page(time: string, method: string, path: string, status = 200): Scene {
  return {
    time,
    run: (stage, person, at) =>
      stage.visit(person, at, { method, path, status, bytes: status === 302 ? 0 : 5120, referer: site }),
  };
}

function act(
  time: string,
  event: string,
  members = '',
  change: (person: Person, at: number) => void = () => undefined,
): Scene {
  return {
    time,
    run(stage, person, at) {
      stage.act(person, at, event, members);
      change(person, at);
    },
  };
}

function song(time: string, number: number): Scene {
  return {
    time,
    run: (stage, person, at) => {
      stage.play(person, at, number);
    },
  };
}

function session(time: string): Scene {
  return {
    time,
    run(_stage, person) {
      person.session++;
      person.item = 0;
    },
  };
}

/** She registers, plays, pays after a week, calls about a bill, pays no more, and leaves. In order of time. */
const scenes: readonly Scene[] = [
  session('2026-04-06T18:02:00Z'),
  page('2026-04-06T18:02:11Z', 'GET', '/?utm_source=friends'),
  {
    time: '2026-04-06T18:03:40Z',
    run: (stage, person, at) => {
      person.signedUpMs = at;
      stage.act(person, at, 'register');
    },
  },
  song('2026-04-06T18:04:05Z', 3),
  song('2026-04-06T18:08:31Z', 5),
  act('2026-04-06T18:09:02Z', 'thumbs_up'),
  session('2026-04-12T09:30:00Z'),
  song('2026-04-12T09:30:10Z', 3),
  page('2026-04-12T09:34:40Z', 'GET', '/upgrade'),
  page('2026-04-12T09:35:20Z', 'POST', '/upgrade', 302),
  act('2026-04-12T09:35:21Z', 'upgrade', ',"plan":"month","amount":9.99', (person) => {
    person.level = 'paid';
  }),
  song('2026-04-12T09:36:00Z', 8),
  session('2026-05-04T20:00:00Z'),
  page('2026-05-04T20:00:30Z', 'GET', '/help'),
  { time: '2026-05-05T08:12:00Z', run: (stage, person, at) => stage.call(person, at, 'billing') },
  session('2026-05-20T21:15:00Z'),
  song('2026-05-20T21:15:00Z', 13),
  page('2026-05-20T21:19:44Z', 'POST', '/downgrade', 302),
  act('2026-05-20T21:19:45Z', 'downgrade', '', (person) => {
    person.level = 'free';
  }),
  session('2026-06-01T07:00:00Z'),
  page('2026-06-01T07:00:00Z', 'POST', '/cancel', 302),
  act('2026-06-01T07:00:01Z', 'cancel', '', (person) => {
    person.cancelled = true;
  }),
];

/** Rows that the story writes: each song two, one of them in the web log. */
export const storyRows = 22;

/** Tells what happens to the story's person from `fromMs` until before `toMs`. */
export function runStory(stage: MusicStage, person: Person, fromMs: number, toMs: number): void {
  for (const scene of scenes) {
    const time = Date.parse(scene.time);
    if (time >= fromMs && time < toMs) scene.run(stage, person, time);
  }
}
