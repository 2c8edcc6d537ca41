import { expect, it } from 'vitest';
import { valueOf } from '../../../test/call-scalar.ts';

const chrome = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0';
const cases: readonly [agent: string, browser: string | null, os: string | null, device: string | null][] = [
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Safari/537.36`, 'Chrome', 'Windows', 'desktop'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0', 'Firefox', 'Linux', 'desktop'],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1',
    'Mobile Safari',
    'iOS',
    'phone',
  ],
  [
    'Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.0 Mobile/15E148 Safari/604.1',
    'Mobile Safari',
    'iOS',
    'tablet',
  ],
  [`Mozilla/5.0 (Linux; Android 13; SM-G991B) ${chrome} Mobile Safari/537.36`, 'Chrome', 'Android', 'phone'],
  [
    'Mozilla/5.0 (PlayStation; PlayStation 5/6.00) AppleWebKit/605.1.15 (KHTML, like Gecko)',
    null,
    'PlayStation',
    'console',
  ],
  ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', null, null, 'bot'],
  ['curl/8.1.2', null, null, 'bot'],
  ['python-requests/2.31.0', null, null, 'bot'],
  ['facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)', null, null, 'bot'],
  ['Tiny Tiny RSS/1.11 (http://tt-rss.org/)', null, null, 'bot'],
  ['Mozilla/5.0 (compatible; Ezooms/1.0; help@moz.com)', null, null, 'bot'],
  ['HTTP_Request2/2.1.1 (http://pear.php.net/package/http_request2) PHP/5.3.2-1ubuntu4.18', null, 'Ubuntu', 'bot'],
  ['Mozilla/4.0 (compatible;)', null, null, null],
  ['-', null, null, null],
  ['', null, null, null],
];

it.each(cases)('%s', (agent, browser, os, device) => {
  if (browser !== null) expect(valueOf('browser', agent)).toBe(browser);
  expect(valueOf('os', agent)).toBe(os);
  expect(valueOf('device', agent)).toBe(device);
});

it('a text that no browser sends is answered at once', () => {
  expect(valueOf('browser', 'Mozilla/5.0 ('.repeat(100_000))).toBeNull();
  expect(valueOf('device', null)).toBeNull();
});
