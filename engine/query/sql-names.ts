/**
 * What hands that know SQL type, and what it is called here. The keys are lower-case; each value is a sentence that names
 * the mend.
 */

/** Rows of names that share a mend. */
function habits(rows: readonly (readonly [string, string])[]): ReadonlyMap<string, string> {
  return new Map(rows.flatMap(([names, mend]) => names.split(' ').map((name) => [name, mend] as const)));
}

/** Functions that other dialects have. */
export const functionHabits: ReadonlyMap<string, string> = habits([
  ['now current_timestamp getdate sysdate localtimestamp utc_timestamp', 'Write now: it has no brackets.'],
  ['current_date today curdate', 'Write today: it has no brackets.'],
  ['yesterday', 'Write yesterday: it has no brackets.'],
  ['date_trunc datetrunc time_bucket tumble date_bin timestamp_trunc tostartofinterval', 'Write bucket(time, 1d).'],
  ['tostartofday todate date to_date', 'Write bucket(time, 1d).'],
  ['tostartofhour', 'Write bucket(time, 1h).'],
  ['tostartofweek tomonday', 'Write bucket(time, 1w).'],
  ['tostartofmonth', 'Write bucket(time, 1mo).'],
  ['tostartofminute', 'Write bucket(time, 1m).'],
  ['date_part datepart extract', 'Write month(time), or hour_of_day, day_of_week, day_of_month, year.'],
  ['hour tohour', 'Write hour_of_day(time).'],
  ['day dayofmonth todayofmonth', 'Write day_of_month(time).'],
  ['weekday dow dayofweek isodow todayofweek', 'Write day_of_week(time): 1 is Monday.'],
  ['tomonth', 'Write month(time).'],
  ['toyear', 'Write year(time).'],
  [
    'datediff date_diff timestampdiff timestamp_diff age',
    'Subtract: (a - b) / 86400000 is a difference in days, a - b one in milliseconds.',
  ],
  ['dateadd date_add timestampadd adddate date_sub datesub', 'Add a duration: time + 1d.'],
  ['strftime date_format to_char format_timestamp formatdatetime', 'Write bucket(time, 1d), or month(time).'],
  ['strptime to_timestamp parse_datetime from_unixtime fromunixtimestamp todatetime parse_timestamp', 'Cast: x::time.'],
  ['unix_timestamp epoch tounixtimestamp epoch_ms', 'Cast: time::int is milliseconds since 1970.'],
  ['substring mid substr_utf8 substringutf8', 'Write substr(x, 1, 3).'],
  ['left', 'Write substr(x, 1, 3).'],
  ['right', 'Write substr(x, length(x) - 2): the last three characters.'],
  ['len char_length character_length lengthutf8 strlen', 'Write length(x).'],
  ['array_length cardinality array_size size', 'Write length(list).'],
  ['ucase upperutf8', 'Write upper(x).'],
  ['lcase lowerutf8', 'Write lower(x).'],
  ['ltrim rtrim btrim', 'Write trim(x).'],
  ['charindex instr position strpos locate', "Write contains(x, part), or x like '%part%'."],
  ['concat_ws string_concat', "Write concat(a, ',', b), or a || ',' || b."],
  ['split string_split split_to_array string_to_array', "Write split_part(x, ',', 1)."],
  ['startswith starts_with_ci', "Write starts_with(x, 'a')."],
  ['endswith', "Write ends_with(x, 'a')."],
  ['regexp_like regexp_matches regexp_match match rlike', "Write x ~ 'a+'."],
  ['regexp_replace replaceregexpall', "Write replace(x, 'from', 'to'): it takes fixed texts."],
  ['regexp_extract regexp_substr extractall', "Write split_part(x, '/', 2)."],
  ['nvl ifnull isnull', 'Write coalesce(x, 0).'],
  ['nvl2', 'Write if(x is null, b, a).'],
  ['nullif', "Write if(x = '', null, x)."],
  ['iff iif', 'Write if(condition, a, b).'],
  ['decode', 'Write case x when 1 then 2 else 3 end.'],
  ['multiif', 'Write case when a then 1 when b then 2 else 3 end.'],
  ['try_cast safe_cast convert to_number', 'Write x::int: what is no int becomes null.'],
  ['tostring tochar str', 'Write x::text.'],
  ['toint32 toint64 toint', 'Write x::int.'],
  ['tofloat64 tofloat', 'Write x::float.'],
  ['ceiling', 'Write ceil(x).'],
  ['power', 'Write pow(x, 2).'],
  ['mod modulo', 'Write a % b.'],
  ['log', 'Write ln(x) or log10(x).'],
  ['trunc truncate', 'Write floor(x).'],
  ['width_bucket', 'Write bin(x, 10).'],
  ['random rand', 'Answers are reproducible: there is no random.'],
  ['exists', 'Write x in (select user_id from events).'],
  ['distinct', 'uniq(x) counts distinct values; group by lists them.'],
  ['array_contains list_contains arraycontains json_array_contains', 'Write has(list, x).'],
  ['explode flatten arrayjoin', 'Write group by unnest(list).'],
  [
    'json_extract json_value json_extract_path_text get_json_object jsonextractstring json_extract_string',
    'A nested property is a column with dots: ctx.device.',
  ],
  [
    'approx_count_distinct approx_distinct hll_count uniqcombined uniqhll12 approximate_count_distinct',
    'Write uniq_approx(x), or uniq(x): it is exact.',
  ],
  ['count_distinct countdistinct uniqexact uniqueexact dcount nunique', 'Write uniq(x).'],
  ['countif', 'Write count_if(condition).'],
  ['sumif sum_if', 'Write sum(x) filter (where condition).'],
  ['avgif avg_if', 'Write avg(x) filter (where condition).'],
  ['mean average', 'Write avg(x).'],
  [
    'percentile_cont percentile_disc percentile approx_percentile approx_quantile quantile_cont quantiles',
    'Write quantile(x, 0.95), or p95(x).',
  ],
  ['stddev_samp stdev std stddev_pop', 'Write stddev(x): that of a sample.'],
  ['var_samp var var_pop', 'Write variance(x): that of a sample.'],
  [
    'string_agg group_concat listagg array_agg collect_list grouparray list',
    'Write topk(x, 10): the most frequent values and their counts.',
  ],
  ['any_value anylast', 'Write any(x).'],
  ['arg_max max_by argmax last_value', 'Write last(x): the value at the latest time.'],
  ['arg_min min_by argmin first_value', 'Write first(x): the value at the earliest time.'],
  ['mode approx_top_k topn', 'Write topk(x, 1).'],
  ['bool_or logical_or', 'Write count_if(x) > 0.'],
  ['bool_and logical_and every', 'Write count_if(not x) = 0.'],
  [
    'row_number rank dense_rank ntile lag lead',
    'Write from actors(events): a row an actor; sessions(events, gap => 30m) gives a row a session.',
  ],
  ['parse_url domain domainwithoutwww', "Write url_host(url), url_path(url) or url_param(url, 'utm_source')."],
  ['farm_fingerprint md5 sha256 siphash64 cityhash64', 'Write actor_hash(x).'],
]);

/** Names that other dialects read as values, for where no column has them. */
export const nameHabits: ReadonlyMap<string, string> = habits([
  ['current_date curdate', 'Write today.'],
  ['current_timestamp current_time localtimestamp sysdate systimestamp', 'Write now.'],
  ['all', 'Name each key: group by country, event.'],
  ['_time timestamp datetime event_time ts', 'The time of an event is called time.'],
  ['undefined nil none', 'Write null.'],
  ['infinity nan', 'Floats are written as numbers: 1e308.'],
  ['rownum rowid', 'Write limit 10: the first rows.'],
]);

/** Types that other dialects have. */
export const typeHabits: ReadonlyMap<string, string> = habits([
  ['string varchar char nvarchar nchar clob character uuid json jsonb enum symbol', 'Write ::text.'],
  [
    'bigint integer int2 int4 int8 int32 int64 smallint tinyint long uint64 uint32 hugeint unsigned signed',
    'Write ::int.',
  ],
  ['double real float4 float8 float32 float64 decimal numeric number money', 'Write ::float.'],
  ['boolean bit', 'Write ::bool.'],
  ['timestamp datetime timestamptz datetime64 instant', 'Write ::time.'],
  ['date', 'Write ::time, or bucket(x, 1d): the day of a time.'],
  ['interval', 'A duration is written as it is: 1d.'],
  ['array list', 'A cast makes no lists: cast the element, tags[1]::text.'],
]);
