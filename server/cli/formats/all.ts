export { table } from './table.ts';
export { ndjson } from './ndjson.ts';
export { json } from './json.ts';
export { csv } from './csv.ts';
export { tsv } from './tsv.ts';
export { arrow } from './arrow.ts';
export { markdown } from './markdown.ts';
