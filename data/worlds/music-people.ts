import { createChooser, type Random } from '../random.ts';

export type Level = 'free' | 'paid';
export type Device = 'web' | 'ios' | 'android' | 'desktop';

/** One who uses the service; changed as they go. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly country: Country;
  readonly city: string;
  readonly device: Device;
  readonly host: string;
  readonly userAgent: string;
  readonly appVersion: string;
  /** UTC ms from which they may come, and from which they stay away without a word. */
  readonly comesMs: number;
  readonly leavesMs: number;
  readonly birthYear: number;
  /** UTC ms of the registration, null before. */
  signedUpMs: number | null;
  level: Level;
  cancelled: boolean;
  /** UTC ms of their last row so far. */
  lastMs: number;
  session: number;
  item: number;
  calls: number;
}

export interface Country {
  readonly code: string;
  readonly locale: string;
  /** Of summer; nobody in this world changes a clock between April and June. */
  readonly offsetHours: number;
  readonly cities: readonly string[];
}

export const countries: readonly (Country & { readonly weight: number })[] = [
  {
    code: 'US',
    locale: 'en-US',
    offsetHours: -5,
    weight: 30,
    cities: ['New York', 'Chicago', 'Austin', 'Portland, OR'],
  },
  { code: 'DE', locale: 'de-DE', offsetHours: 2, weight: 16, cities: ['Berlin', 'Köln', 'Hamburg', 'München'] },
  { code: 'GB', locale: 'en-GB', offsetHours: 1, weight: 13, cities: ['London', 'Leeds', 'Bristol'] },
  { code: 'BR', locale: 'pt-BR', offsetHours: -3, weight: 12, cities: ['São Paulo', 'Recife', 'Brasília'] },
  { code: 'FR', locale: 'fr-FR', offsetHours: 2, weight: 8, cities: ['Paris', 'Lyon', 'Orléans'] },
  { code: 'IN', locale: 'en-IN', offsetHours: 5.5, weight: 8, cities: ['Mumbai', 'Bengaluru', 'Kolkata'] },
  { code: 'JP', locale: 'ja-JP', offsetHours: 9, weight: 6, cities: ['東京', '大阪', 'Sapporo'] },
  { code: 'PL', locale: 'pl-PL', offsetHours: 2, weight: 4, cities: ['Łódź', 'Kraków', 'Gdańsk'] },
  { code: 'AU', locale: 'en-AU', offsetHours: 10, weight: 3, cities: ['Sydney', 'Perth', 'Hobart'] },
];
const countryChooser = createChooser(countries.map((country) => country.weight));

const devices: readonly Device[] = ['web', 'ios', 'android', 'desktop'];
const deviceChooser = createChooser([42, 26, 24, 8]);
const appVersions: Readonly<Record<Device, readonly string[]>> = {
  web: ['2026.4', '2026.5', '2026.6'],
  ios: ['5.2.0', '5.3.1', '5.4.0'],
  android: ['5.1.9', '5.3.1', '5.4.0'],
  desktop: ['3.0.2', '3.1.0'],
};
const userAgents: Readonly<Record<Device, readonly string[]>> = {
  web: [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15',
    'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0',
  ],
  ios: [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
  ],
  android: [
    'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36',
  ],
  desktop: ['Tune/3.1 (Windows NT 10.0) Electron/30.1'],
};
const firstNames = [
  'Ada',
  'Noah',
  'Mia',
  'Luís',
  'Zoë',
  'Emil',
  'Yuki',
  'Priya',
  'Omar',
  'Ines',
  'Jack',
  'Freya',
  'Łukasz',
  'Sofía',
  'Kenji',
  'Grace',
];
const lastNames = [
  'Miller',
  'Silva',
  'Schäfer',
  "O'Brien",
  'Tanaka',
  'Kowalski',
  'Dubois',
  'Patel',
  'Jones',
  'García',
  'Weiß',
  'Nguyen',
  'Brown',
];

/** Share of people who were members before the first day. */
const oldShare = 0.55;
/** A person who does not cancel stays this long on average. */
const stayDaysMean = 160;
const dayMs = 86_400_000;

/** Ids count from here; the one below belongs to the person of the story. */
export const firstUserNumber = 10_001;

/** Makes one person, number `index` of all, in the span from `fromMs` to `toMs`. */
export function createPerson(index: number, fromMs: number, toMs: number, random: Random): Person {
  const country = countries[countryChooser.choose(random)]!;
  const device = devices[deviceChooser.choose(random)]!;
  const old = random.chance(oldShare);
  const comesMs = old ? fromMs : fromMs + Math.floor(random.float() * (toMs - fromMs));
  return {
    id: `u${firstUserNumber + index}`,
    name: `${pick(firstNames, random)} ${pick(lastNames, random)}`,
    country,
    city: pick(country.cities, random),
    device,
    host: hostOfNumber(index),
    userAgent: pick(userAgents[device], random),
    appVersion: pick(appVersions[device], random),
    comesMs,
    leavesMs: comesMs + random.exponential(stayDaysMean * dayMs),
    birthYear: 1950 + random.integer(58),
    signedUpMs: old ? fromMs - Math.floor(random.exponential(300 * dayMs)) - 1 : null,
    level: old && random.chance(0.2) ? 'paid' : 'free',
    cancelled: false,
    lastMs: -Infinity,
    session: 0,
    item: 0,
    calls: 0,
  };
}

/** A private address; every fortieth person shares that of the one before, as households do. */
function hostOfNumber(index: number): string {
  const household = index % 40 === 39 ? index - 1 : index;
  const scattered = Math.imul(household + 1, 0x9e3779b1) & 0xffffff;
  return `10.${scattered >>> 16}.${(scattered >>> 8) & 255}.${scattered & 255}`;
}

/** The person whose every row is written down, not drawn. */
export function createStoryPerson(fromMs: number, toMs: number): Person {
  const country = countries[1]!;
  return {
    id: `u${firstUserNumber - 1}`,
    name: 'Mara Weiß',
    country,
    city: 'Köln',
    device: 'web',
    host: '192.0.2.44',
    userAgent: userAgents.web[2]!,
    appVersion: appVersions.web[0]!,
    comesMs: fromMs,
    leavesMs: toMs,
    birthYear: 1994,
    signedUpMs: null,
    level: 'free',
    cancelled: false,
    lastMs: -Infinity,
    session: 0,
    item: 0,
    calls: 0,
  };
}

/** @returns one of `list`, each as likely. */
export function pick<T>(list: readonly T[], random: Random): T {
  return list[random.integer(list.length)]!;
}
