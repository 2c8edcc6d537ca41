import { createBoundedCache } from '../bounded-cache.ts';
import { library } from '../library.ts';
import { checkArguments, isText } from '../signature.ts';
import type { ScalarFunction } from './scalar.ts';
import { mapTexts } from './text-values.ts';

interface Agent {
  readonly browser: string | null;
  readonly os: string | null;
  readonly device: string | null;
}

const agents = createBoundedCache<Agent>(10_000, 4_000_000);
/** What is longer is no browser's, and patterns would take long over it. */
const agentLengthMax = 1000;
/** Programs that say so, or that no person sits in front of. */
const bots = new RegExp(
  [
    'bot\\b|bot[/_;-]|crawl|spider|slurp|scrap|archiver|facebookexternalhit|headless|lighthouse|pingdom|uptime|monitor',
    'validator|preview|feedfetcher|\\bcurl/|\\bwget/|python|\\bjava/|okhttp|go-http|libwww|httpclient|axios|node-fetch',
    'request|\\brss\\b|feed(?:burner|bin|ly|demon)|subscribers?\\b|\\+https?:|[\\w.+-]@[\\w-]+\\.\\w',
  ].join('|'),
  'i',
);

function agentOf(text: string): Agent {
  let agent = agents.get(text);
  if (agent === undefined) {
    const known = new (library('my-ua-parser').UAParser)(text.slice(0, agentLengthMax)).getResult();
    const browser = known.browser.name ?? null;
    const os = capitalised(known.os.name);
    agent = { browser, os, device: deviceOf(text, known.device.type, browser, os) };
    agents.set(text, agent);
  }
  return agent;
}

/** Some names come as they stand in the text: linux. */
function capitalised(name: string | undefined): string | null {
  return name === undefined || name === 'iOS' ? (name ?? null) : name.charAt(0).toUpperCase() + name.slice(1);
}

const devices: Readonly<Record<string, string>> = {
  mobile: 'phone',
  tablet: 'tablet',
  smarttv: 'tv',
  console: 'console',
  wearable: 'wearable',
  embedded: 'embedded',
  xr: 'wearable',
};

function deviceOf(text: string, type: string | undefined, browser: string | null, os: string | null): string | null {
  const start = text.slice(0, agentLengthMax);
  if (bots.test(start) || (browser === null && /https?:\/\//.test(start))) return 'bot';
  if (type !== undefined) return Object.hasOwn(devices, type) ? devices[type]! : type;
  return browser === null && os === null ? null : 'desktop';
}

function agentFunction(name: keyof Agent, summary: string): ScalarFunction {
  return {
    name,
    summary,
    example: `select ${name}('Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0') as x from events limit 1`,
    signature: (args) => checkArguments(name, args, [isText], 'text'),
    evaluate: (args, context) =>
      mapTexts({ name, result: 'text', at: (text) => agentOf(text)[name], quietNulls: true }, args, context),
  };
}

export const browser = agentFunction('browser', "browser's name in a user agent: Chrome, Firefox, Mobile Safari …");
export const os = agentFunction(
  'os',
  "operating system's name in a user agent: Windows, Mac OS, iOS, Android, Linux …",
);
export const device = agentFunction(
  'device',
  'kind of device in a user agent: desktop, phone, tablet, tv, console, wearable, embedded or bot; null where nothing tells',
);
