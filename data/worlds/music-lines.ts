import type { Catalogue, Song } from './music-catalogue.ts';
import type { Person } from './music-people.ts';

const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** App events bear 64-bit ids beyond 2^53, as many systems do; these digits stand before nine that count. */
const idPrefix = '4611686018';

/** @returns the song as members of a JSON object, with a comma in front; made once a song. */
export function songMembers(song: Song, catalogue: Catalogue): string {
  return (
    `,"song":${JSON.stringify(song.title)},"artist":${JSON.stringify(catalogue.artists[song.artist])}` +
    `,"duration":${song.lengthSeconds},"genres":${JSON.stringify(song.genres)}`
  );
}

/** An event of the app as a line of NDJSON. `members`: further members, each with a comma in front. */
export function appLine(number: number, time: number, person: Person, event: string, members: string): string {
  return (
    `{"time":"${new Date(time).toISOString()}","id":${idPrefix}${String(number).padStart(9, '0')},"user_id":"${person.id}"` +
    `,"event":"${event}","level":"${person.level}","device":"${person.device}","country":"${person.country.code}"${members}` +
    `,"context":{"session":${person.session},"item":${person.item},"locale":"${person.country.locale}"` +
    `,"app":{"version":"${person.appVersion}"}}}`
  );
}

/** A request as a line of nginx's combined format; the arguments are escaped as nginx does already. */
export function webLine(
  time: number,
  host: string,
  user: string | null,
  request: string,
  status: number,
  bytes: number,
  referer: string,
  userAgent: string,
): string {
  const date = new Date(time);
  const day = `${two(date.getUTCDate())}/${monthNames[date.getUTCMonth()]!}/${date.getUTCFullYear()}`;
  const clock = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  return `${host} - ${user ?? '-'} [${day}:${clock} +0000] "${request}" ${status} ${bytes} "${referer}" "${userAgent}"`;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

export const callHeader = 'call_id,time,user_id,reason,wait_s,duration_s,agent,rating,note';

export interface Call {
  readonly id: string;
  readonly reason: string;
  readonly waitSeconds: number;
  readonly durationSeconds: number;
  readonly agent: string;
  /** 1–5, null where the caller gave none. */
  readonly rating: number | null;
  readonly note: string;
}

/** A call to support as a line of CSV, its time in UTC without an offset. */
export function callLine(time: number, person: Person, call: Call): string {
  const clock = new Date(time).toISOString().slice(0, 19).replace('T', ' ');
  return [
    call.id,
    clock,
    person.id,
    call.reason,
    call.waitSeconds,
    call.durationSeconds,
    call.agent,
    call.rating ?? '',
    csvField(call.note),
  ].join(',');
}

export const accountHeader = 'user_id,name,email,country,city,birth_year,plan,status,signed_up,calls';

/** A customer as a line of the CRM's dump, as things stand at its end. */
export function accountLine(person: Person, signedUpMs: number): string {
  const email = `${person.id}@example.${person.country.code.toLowerCase()}`;
  return [
    person.id,
    csvField(person.name),
    email,
    person.country.code,
    csvField(person.city),
    person.birthYear,
    person.level,
    person.cancelled ? 'cancelled' : 'active',
    new Date(signedUpMs).toISOString().slice(0, 10),
    person.calls,
  ].join(',');
}

function csvField(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
