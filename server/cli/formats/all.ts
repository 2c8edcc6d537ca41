export { table } from './table.ts';
export { ndjson } from './ndjson.ts';
export { json } from './json.ts';
export { csv } from './csv.ts';
