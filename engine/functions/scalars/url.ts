import { checkArguments, isText } from '../signature.ts';
import type { ScalarFunction } from './scalar.ts';
import { mapTexts, type TextMapping } from './text-values.ts';
import { urlParameter, urlParts } from './url-parts.ts';

function urlFunction(name: string, summary: string, example: string, at: TextMapping['at'], extra = 0): ScalarFunction {
  const mapping: TextMapping = { name, result: 'text', at, quietNulls: true };
  return {
    name,
    summary,
    example: `select ${example} as x from events limit 1`,
    signature: (args) => checkArguments(name, args, [isText, ...new Array<typeof isText>(extra).fill(isText)], 'text'),
    evaluate: (args, context) => mapTexts(mapping, args, context),
  };
}

export const urlHost = urlFunction(
  'url_host',
  'host of a URL in lower case, without user and port; null where it has none, as in a mere path',
  "url_host('https://www.example.com:8080/docs/a?b=1')",
  (url) => urlParts(url).host,
);
export const urlPath = urlFunction(
  'url_path',
  'path of a URL as it is written, without query and fragment; / where only a host stands',
  "url_path('https://www.example.com/docs/a?b=1')",
  (url) => urlParts(url).path,
);
export const urlParam = urlFunction(
  'url_param',
  "first value of a parameter in a URL's query, decoded; null where it is not there: url_param(url, 'utm_source')",
  "url_param('/a?utm_source=news&x=1', 'utm_source')",
  (url, name) => urlParameter(url, name as string),
  1,
);
