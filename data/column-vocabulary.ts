/** Names of events, the paid ones last. */
export const columnEvents: readonly string[] = [
  'page_view',
  'click',
  'scroll',
  'search',
  'play',
  'pause',
  'add_to_cart',
  'view_item',
  'login',
  'share',
  'like',
  'comment',
  'checkout',
  'remove_from_cart',
  'logout',
  'sign_up',
  'error',
  'purchase',
  'renewal',
  'tip',
];
/** These bear an amount, in `generateColumns` these alone. */
export const paidEvents: readonly string[] = ['purchase', 'renewal', 'tip'];
export const columnCountries: readonly string[] = [
  'US',
  'DE',
  'GB',
  'BR',
  'FR',
  'IN',
  'JP',
  'PL',
  'AU',
  'ES',
  'IT',
  'NL',
  'SE',
  'CA',
  'MX',
  'ZA',
];
export const columnPlatforms: readonly string[] = ['web', 'ios', 'android', 'desktop'];
export const columnPlans: readonly string[] = ['free', 'basic', 'pro', 'team'];

export const urlCount = 20_000;
/** Actors to a row: one has 50 rows on average. */
export const actorShare = 1 / 50;

export const hourMs = 3_600_000;
export const columnHours = 90 * 24;
/** The same 90 days as the demo's: until the end of 2026-06-30. UTC ms. */
export const columnsToMs = Date.UTC(2026, 6, 1);
export const columnsFromMs = columnsToMs - columnHours * hourMs;

const utmSources = ['newsletter', 'search', 'friends', 'social', 'partner'];
const urlKinds = ['product', 'article', 'category', 'help'];

/** @returns the address of that number; every third one says where its reader came from. */
export function urlOfNumber(number: number): string {
  const path = `https://shop.example/${urlKinds[number % urlKinds.length]!}/${number}`;
  if (number % 3 !== 0) return path;
  return `${path}?utm_source=${utmSources[(number / 3) % utmSources.length]!}&utm_campaign=c${number % 17}`;
}
