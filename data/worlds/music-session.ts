import { createChooser, type Chooser } from '../random.ts';
import { pick, type Level, type Person } from './music-people.ts';
import type { MusicStage } from './music-stage.ts';

const states = [
  'home',
  'play',
  'browse',
  'search',
  'like',
  'dislike',
  'playlist',
  'friend',
  'advert',
  'settings',
  'help',
  'about',
  'offer',
  'upgrade',
  'retreat',
  'downgrade',
  'leave',
  'cancel',
  'error',
  'logout',
  'end',
] as const;
type State = (typeof states)[number];
type Next = Partial<Record<State, number>>;

const home: Record<Level, Next> = {
  free: {
    play: 60,
    browse: 20,
    search: 8,
    settings: 3,
    help: 0.7,
    offer: 1.5,
    about: 0.3,
    logout: 1,
    error: 0.2,
    end: 5,
  },
  paid: { play: 76, browse: 10, search: 6, settings: 3, help: 0.4, retreat: 0.5, logout: 0.6, error: 0.2, end: 3 },
};
const play: Record<Level, Next> = {
  free: {
    play: 60,
    like: 6,
    dislike: 1.2,
    playlist: 3,
    friend: 1,
    advert: 7,
    home: 2,
    browse: 3,
    search: 4,
    settings: 0.7,
    help: 0.5,
    offer: 1,
    logout: 2,
    error: 0.2,
    end: 7,
  },
  paid: {
    play: 78,
    like: 6,
    dislike: 0.8,
    playlist: 4,
    friend: 1,
    home: 2,
    browse: 2,
    search: 2.5,
    settings: 0.6,
    help: 0.3,
    retreat: 0.25,
    logout: 1,
    error: 0.2,
    end: 3.5,
  },
};
const back: Next = { play: 88, home: 4, browse: 4, end: 4 };
const both = (next: Next): Record<Level, Next> => ({ free: next, paid: next });

/** Where one goes from each state, as weights. They follow the shape of Interana's eventsim example (MIT). */
const transitions: Record<Exclude<State, 'end'>, Record<Level, Next>> = {
  home,
  play,
  browse: both({ play: 62, browse: 20, home: 6, search: 4, end: 8 }),
  search: both({ play: 70, search: 14, browse: 8, end: 8 }),
  like: both(back),
  dislike: both(back),
  playlist: both(back),
  friend: both(back),
  advert: both({ play: 84, offer: 3, home: 3, end: 10 }),
  settings: both({ play: 50, home: 20, help: 6, leave: 5, end: 19 }),
  help: both({ play: 40, home: 20, help: 12, settings: 8, end: 20 }),
  about: both({ home: 40, play: 40, end: 20 }),
  offer: both({ upgrade: 28, play: 42, home: 12, help: 2, end: 16 }),
  upgrade: both({ play: 80, home: 15, end: 5 }),
  retreat: both({ downgrade: 22, play: 55, home: 13, end: 10 }),
  downgrade: both({ play: 60, home: 15, end: 25 }),
  leave: both({ cancel: 45, home: 30, play: 15, end: 10 }),
  cancel: both({ end: 1 }),
  error: both({ home: 40, play: 40, help: 6, end: 14 }),
  logout: both({ end: 1 }),
};

const choosers = Object.fromEntries(
  Object.entries(transitions).map(([state, levels]) => [
    state,
    {
      free: chooserOf(levels.free),
      paid: chooserOf(levels.paid),
    },
  ]),
) as Record<Exclude<State, 'end'>, Record<Level, Chooser>>;

function chooserOf(next: Next): Chooser {
  return createChooser(states.map((state) => next[state] ?? 0));
}

const stepsMax = 300;
const site = 'https://music.example';
const referrers = [
  '-',
  '-',
  'https://www.search.example/',
  'https://social.example/feed',
  `${site}/?utm_source=newsletter&utm_medium=mail`,
];
const campaigns = [
  '',
  '',
  '',
  '?utm_source=newsletter',
  '?utm_source=search&utm_campaign=spring',
  '?utm_source=friends',
];
const queries = ['summer', 'jazz', 'workout', 'caf%C3%A9', 'old+songs', 'rain', 'piano', '%E6%9D%B1%E4%BA%AC', 'lo-fi'];

/** One visit of a person from `startMs` on: what they do until they go, written to the stage. */
export function runSession(stage: MusicStage, person: Person, startMs: number): void {
  person.session++;
  person.item = 0;
  person.lastMs = startMs;
  let time = startMs;
  if (person.signedUpMs === null) {
    const registered = runRegistration(stage, person, time);
    if (registered === null) return;
    time = registered;
  } else if (stage.random.chance(0.25)) {
    if (person.device === 'web') visitPage(stage, person, time, 'POST', '/login', 302);
    time += 800;
    stage.act(person, time, 'login');
  }
  let state: State = 'home';
  for (let step = 0; step < stepsMax && state !== 'end' && !stage.isOver(time); step++) {
    time += 20 + Math.floor(runStep(stage, person, state, time) * 1000);
    state = states[choosers[state][person.level].choose(stage.random)]!;
  }
  // The last song plays on after its row.
  person.lastMs = Math.max(person.lastMs, time);
}

/** A guest looks around and, perhaps, registers. @returns when they did, or null. */
function runRegistration(stage: MusicStage, person: Person, startMs: number): number | null {
  const { random } = stage;
  let time = startMs;
  stage.visit(person, time, {
    method: 'GET',
    path: `/${pick(campaigns, random)}`,
    status: 200,
    bytes: 8200 + random.integer(900),
    referer: pick(referrers, random),
  });
  for (const page of ['/about', '/pricing', '/register']) {
    time += 3000 + Math.floor(random.exponential(25_000));
    person.lastMs = time;
    if (page !== '/register' && random.chance(0.5)) continue;
    if (random.chance(0.12)) return null;
    visitPage(stage, person, time, 'GET', page, 200);
  }
  time += 15_000 + Math.floor(random.exponential(40_000));
  if (stage.isOver(time)) return null;
  visitPage(stage, person, time, 'POST', '/register', 302);
  time += 250;
  if (stage.isOver(time)) return null;
  person.signedUpMs = time;
  stage.act(person, time, 'register');
  return time;
}

function visitPage(
  stage: MusicStage,
  person: Person,
  time: number,
  method: string,
  path: string,
  status: number,
): void {
  const bytes = status === 302 ? 0 : 2400 + stage.random.integer(6000);
  stage.visit(person, time, { method, path, status, bytes, referer: `${site}/` });
  person.lastMs = time;
}

/** Does what a state means. @returns the seconds until the next step. */
function runStep(stage: MusicStage, person: Person, state: Exclude<State, 'end'>, time: number): number {
  const { random } = stage;
  const web = person.device === 'web';
  switch (state) {
    case 'play': {
      const seconds = stage.play(person, time);
      return random.chance(0.15) ? 5 + random.float() * 30 : seconds;
    }
    case 'home':
    case 'browse':
    case 'about':
    case 'settings':
    case 'help':
    case 'offer':
    case 'retreat':
    case 'leave':
      if (web || (state !== 'home' && state !== 'browse'))
        visitPage(stage, person, time, 'GET', pathOf(state, stage), 200);
      if (state === 'help' && random.chance(0.15))
        callSupport(stage, person, time, pick(['playback', 'account', 'billing', 'other'], random));
      return 4 + random.exponential(state === 'home' ? 12 : 25);
    case 'search': {
      const query = pick(queries, random);
      if (web) visitPage(stage, person, time, 'GET', `/search?q=${query}`, 200);
      stage.act(person, time, 'search', `,"query":${JSON.stringify(decodeURIComponent(query.replaceAll('+', ' ')))}`);
      return 3 + random.exponential(9);
    }
    case 'like':
      stage.act(person, time, 'thumbs_up');
      return 1 + random.exponential(3);
    case 'dislike':
      stage.act(person, time, 'thumbs_down');
      return 1 + random.exponential(3);
    case 'playlist':
      stage.act(person, time, 'add_to_playlist');
      return 2 + random.exponential(6);
    case 'friend':
      stage.act(person, time, 'add_friend');
      return 2 + random.exponential(8);
    case 'advert':
      stage.act(person, time, 'advert', `,"brand":"brand ${random.integer(40)}"`);
      return 15 + random.integer(16);
    default:
      return runChange(stage, person, state, time);
  }
}

/** The steps after which something is no longer as it was. */
function runChange(
  stage: MusicStage,
  person: Person,
  state: 'upgrade' | 'downgrade' | 'cancel' | 'error' | 'logout',
  time: number,
): number {
  const { random } = stage;
  switch (state) {
    case 'upgrade':
      if (person.level === 'paid') return 2;
      visitPage(stage, person, time, 'POST', '/upgrade', 302);
      stage.act(
        person,
        time + 300,
        'upgrade',
        random.chance(0.3) ? ',"plan":"year","amount":99.00' : ',"plan":"month","amount":9.99',
      );
      if (!stage.isOver(time + 300)) person.level = 'paid';
      return 5 + random.exponential(10);
    case 'downgrade':
      visitPage(stage, person, time, 'POST', '/downgrade', 302);
      stage.act(person, time + 300, 'downgrade');
      if (!stage.isOver(time + 300)) person.level = 'free';
      if (random.chance(0.2)) callSupport(stage, person, time, 'billing');
      return 5 + random.exponential(10);
    case 'cancel':
      visitPage(stage, person, time, 'POST', '/cancel', 302);
      stage.act(person, time + 300, 'cancel');
      if (!stage.isOver(time + 300)) person.cancelled = true;
      if (random.chance(0.3)) callSupport(stage, person, time, 'cancellation');
      return 5;
    case 'error': {
      const status = random.chance(0.7) ? 404 : 500;
      if (person.device === 'web')
        visitPage(stage, person, time, 'GET', `/artist/${random.integer(5000)}/tour`, status);
      stage.act(person, time, 'error', `,"status":${status}`);
      if (random.chance(0.05)) callSupport(stage, person, time, 'playback');
      return 3 + random.exponential(6);
    }
    case 'logout':
      if (person.device === 'web') visitPage(stage, person, time, 'POST', '/logout', 302);
      stage.act(person, time, 'logout');
      return 1;
  }
}

function pathOf(state: string, stage: MusicStage): string {
  switch (state) {
    case 'home':
      return '/';
    case 'browse':
      return stage.random.chance(0.5)
        ? `/artist/${stage.random.integer(stage.catalogue.artists.length)}`
        : `/genre/${stage.random.integer(10)}?page=${1 + stage.random.integer(5)}`;
    case 'offer':
      return '/upgrade';
    case 'retreat':
      return '/downgrade';
    case 'leave':
      return '/cancel';
    default:
      return `/${state}`;
  }
}

/** People call within the hour, or the next morning when the lines are closed where they are. */
function callSupport(stage: MusicStage, person: Person, time: number, reason: string): void {
  const hourMs = 3_600_000;
  const shift = person.country.offsetHours * hourMs;
  let local = time + shift + 120_000 + stage.random.exponential(1_200_000);
  const hour = (local % (24 * hourMs)) / hourMs;
  if (hour < 9 || hour >= 19)
    local =
      (Math.floor(local / (24 * hourMs)) + (hour < 9 ? 0 : 1)) * 24 * hourMs +
      9 * hourMs +
      stage.random.exponential(hourMs);
  stage.call(person, Math.floor(local - shift), reason);
}
