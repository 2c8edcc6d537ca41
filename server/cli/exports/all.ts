export { ndjson } from './ndjson.ts';
export { csv } from './csv.ts';
export { arrow } from './arrow.ts';
export { parquet } from './parquet.ts';
