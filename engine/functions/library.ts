import type * as Re2Module from 're2js';
import type * as UserAgentModule from 'my-ua-parser';

interface Libraries {
  readonly re2js: typeof Re2Module;
  readonly 'my-ua-parser': typeof UserAgentModule;
}

const loaded = new Map<string, unknown>();

/**
 * A library that few queries need, loaded when the first one does: each takes about 20 ms, in every thread. At once,
 * since a query is bound and evaluated without waiting; so it is asked of the platform, not imported.
 */
export function library<N extends keyof Libraries>(name: N): Libraries[N] {
  let module = loaded.get(name);
  if (module === undefined) {
    const { createRequire } = process.getBuiltinModule('module');
    loaded.set(name, (module = createRequire(import.meta.url)(name)));
  }
  return module as Libraries[N];
}
