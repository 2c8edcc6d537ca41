/** The parts of a URL as it stands in an event: whole, without scheme, or a mere path. */
export interface UrlParts {
  /** In lower case, without user, port and closing dot; an IPv6 address in its brackets; null where there is none. */
  readonly host: string | null;
  /** As written, from its first slash; `/` where a host has none; null where there is neither host nor path. */
  readonly path: string | null;
  /** What stands after the first `?`, without the fragment; null where there is none. */
  readonly query: string | null;
}

const schemePattern = /^[a-z][a-z0-9+.-]*:/i;
/** A host without scheme: labels with a dot between, localhost, or an address, and then the end, a port, or a part. */
const hostPattern =
  /^(?:[^\s/?#@:]+@)?(?:localhost|\[[0-9a-f:.]+\]|(?:[\p{L}\p{N}_-]+\.)+[\p{L}\p{N}-]+\.?)(?::\d*)?(?=[/?#]|$)/iu;

/** Takes a URL apart; never fails: what is no URL has no host. */
export function urlParts(text: string): UrlParts {
  const url = text.trim();
  const hash = url.indexOf('#');
  const whole = hash < 0 ? url : url.slice(0, hash);
  const mark = whole.indexOf('?');
  const query = mark < 0 ? null : whole.slice(mark + 1);
  const front = mark < 0 ? whole : whole.slice(0, mark);
  const colon = isSlash(front, 0) ? -1 : front.indexOf(':');
  const scheme = colon > 0 && schemePattern.test(front) ? colon + 1 : 0;
  if (isSlash(front, scheme) && isSlash(front, scheme + 1)) return withAuthority(front, scheme + 2, query);
  if (isSlash(front, 0)) return { host: null, path: front.startsWith('/') ? front : null, query };
  if (hostPattern.test(front)) return withAuthority(front, 0, query);
  // What is no host and begins with no slash may be anything: a word, mailto:, data: and their like.
  return { host: null, path: null, query };
}

/** Browsers read a backslash so. */
function isSlash(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 0x2f || code === 0x5c;
}

function withAuthority(front: string, from: number, query: string | null): UrlParts {
  let slash = from;
  while (slash < front.length && !isSlash(front, slash)) slash++;
  const path = slash < front.length ? front.slice(slash) : null;
  const authority = front.slice(from, slash);
  const named = authority.slice(authority.lastIndexOf('@') + 1);
  const bracket = named.startsWith('[') ? named.indexOf(']') : -1;
  const port = named.lastIndexOf(':');
  const host = bracket > 0 ? named.slice(0, bracket + 1) : port < 0 ? named : named.slice(0, port);
  const clean = (host.endsWith('.') ? host.slice(0, -1) : host).toLowerCase();
  if (clean === '') return { host: null, path, query };
  return { host: clean, path: path ?? '/', query };
}

/**
 * The first value that a URL's query gives a parameter, decoded: `+` is a space, %-escapes are UTF-8, malformed ones stay
 * as they are.
 * @returns null where the parameter is not there, the empty text where it has no value.
 */
export function urlParameter(text: string, name: string): string | null {
  const mark = text.indexOf('?');
  const hash = text.indexOf('#');
  if (mark < 0 || (hash >= 0 && hash < mark)) return null;
  const query = (hash < 0 ? text.slice(mark + 1) : text.slice(mark + 1, hash)).trimEnd();
  // Without escapes a name stands as it is, or not at all.
  if (!query.includes(name) && !escapes.test(query)) return null;
  for (let from = 0; from <= query.length;) {
    const next = query.indexOf('&', from);
    const end = next < 0 ? query.length : next;
    const equals = query.indexOf('=', from);
    const hasValue = equals >= 0 && equals < end;
    const keyEnd = hasValue ? equals : end;
    if (end > from && decoded(query.slice(from, keyEnd)) === name)
      return hasValue ? decoded(query.slice(equals + 1, end)) : '';
    from = end + 1;
  }
  return null;
}

const escapes = /[%+]/;

function decoded(text: string): string {
  if (!escapes.test(text)) return text;
  return text.replaceAll('+', ' ').replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => {
    try {
      return decodeURIComponent(bytes);
    } catch {
      return bytes;
    }
  });
}
