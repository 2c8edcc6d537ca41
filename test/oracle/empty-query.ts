import type { Query } from './tree.ts';

/** A query without anything. */
export const emptyQuery: Query = {
  from: [],
  items: [],
  since: null,
  until: null,
  where: null,
  keys: [],
  every: null,
  trailing: null,
  having: null,
  order: [],
  limit: null,
  offset: 0,
  compare: null,
  zone: 'UTC',
};
