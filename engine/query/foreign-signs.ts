import { VarveError } from '../base/errors.ts';
import { printName } from './names.ts';

const quoteHint = "Texts stand in straight single quotes ('DE'), names in straight double quotes.";

/** What is said of a sign, and what to write; `mend` makes a better hint of what stands behind it. */
interface ForeignSign {
  readonly sign: string;
  readonly message: string;
  readonly hint: string;
  readonly mend?: (behind: string) => string | null;
}

/**
 * Refuses a sign of another language, and names what is written here.
 * @param taken how many characters the language would read as a sign of its own: a longer foreign one wins.
 * @throws VarveError `syntax`.
 */
export function refuseForeign(text: string, start: number, taken: number): void {
  const foreign = foreignSigns.find(({ sign }) => text.startsWith(sign, start));
  if (foreign === undefined || foreign.sign.length <= taken) return;
  const behind = text.slice(start + foreign.sign.length, start + 80);
  throw new VarveError('syntax', foreign.message, {
    span: { start, end: start + foreign.sign.length },
    hint: foreign.mend?.(behind) ?? foreign.hint,
  });
}

/** `:who`: a parameter by that name. */
function parameterMend(behind: string): string | null {
  const name = /^\{?\s*([\p{L}_][\p{L}\p{N}_]{0,39})/u.exec(behind)?.[1];
  return name === undefined ? null : `Write $${name}, and give its value beside the query.`;
}

/** The name up to the closing backtick, as it is written here. */
function nameMend(behind: string): string | null {
  const name = /^([^`]{1,40})`/.exec(behind)?.[1];
  return name === undefined ? null : `Write ${printName(name)}.`;
}

/** The text up to the closing quote, as it is written here. */
function quotedMend(double: boolean): (behind: string) => string | null {
  return (behind) => {
    const text = /^([^‘’‚“”„«»′″'"]{0,40})[‘’‚“”„«»′″'"]/.exec(behind)?.[1];
    if (text === undefined) return null;
    return double ? `Write '${text}', or ${printName(text)} for a column.` : `Write '${text}'.`;
  };
}

/** Signs of other languages and of typesetting, and what is written here. The longer of two comes first. */
const foreignSigns: readonly ForeignSign[] = [
  { sign: '/*', message: 'The comment that begins here has no closing */.', hint: 'Close it with */.' },
  {
    sign: '->>',
    message: '->> is not part of the language.',
    hint: 'A nested property is a column with dots: ctx.device.',
  },
  {
    sign: '->',
    message: '-> is not part of the language.',
    hint: 'A nested property is a column with dots: ctx.device.',
  },
  {
    sign: '//',
    message: '// is not part of the language.',
    hint: 'Comments are -- to the end of the line, or /* between */.',
  },
  { sign: '**', message: '** is not part of the language.', hint: 'Write pow(x, 2).' },
  { sign: '===', message: 'Equality is written =, not ===.', hint: 'Write = instead.' },
  { sign: '!==', message: 'Inequality is written !=, not !==.', hint: 'Write != instead.' },
  { sign: '<=>', message: '<=> is not part of the language.', hint: 'Write a = b or (a is null and b is null).' },
  { sign: '&&', message: 'Conditions are joined with a word, not &&.', hint: 'Write and instead.' },
  { sign: '&', message: '& is not part of the language.', hint: 'Conditions are joined with and.' },
  { sign: '|', message: '| is not part of the language.', hint: 'Conditions are joined with or, texts with ||.' },
  { sign: '^', message: '^ is not part of the language.', hint: 'Write pow(x, 2).' },
  {
    sign: '`',
    message: 'Names are not quoted with backticks.',
    hint: 'Write the name in double quotes: "name".',
    mend: nameMend,
  },
  { sign: '´', message: 'This is no quote of the language.', hint: quoteHint },
  ...['‘', '’', '‚', '“', '”', '„', '«', '»', '′', '″'].map((sign) => ({
    sign,
    message: `The quote ${sign} is not a straight one.`,
    hint: quoteHint,
    mend: quotedMend('“”„«»″'.includes(sign)),
  })),
  ...['−', '–', '—'].map((sign) => ({
    sign,
    message: `The dash ${sign} is no minus.`,
    hint: 'Type a minus (-), or two of them to begin a comment.',
  })),
  { sign: '≤', message: 'The sign ≤ is written with two characters.', hint: 'Write <= instead.' },
  { sign: '≥', message: 'The sign ≥ is written with two characters.', hint: 'Write >= instead.' },
  { sign: '≠', message: 'The sign ≠ is written with two characters.', hint: 'Write != instead.' },
  { sign: '×', message: 'The sign × is no operator.', hint: 'Write * instead.' },
  { sign: '#', message: '# begins no comment.', hint: 'Comments are -- to the end of the line, or /* between */.' },
  {
    sign: '?',
    message: '? is no parameter: parameters have names.',
    hint: 'Write $name, and give its value beside the query.',
    mend: parameterMend,
  },
  { sign: ':', message: ': is not part of the language.', hint: 'A parameter is written $name.', mend: parameterMend },
  { sign: '@', message: '@ is not part of the language.', hint: 'A parameter is written $name.', mend: parameterMend },
  { sign: '{', message: '{ is not part of the language.', hint: 'A parameter is written $name.', mend: parameterMend },
  { sign: '\\', message: '\\ is not part of the language.', hint: "A quote inside a text is written twice: 'it''s'." },
  {
    sign: '$',
    message: 'After $ comes the name of a parameter.',
    hint: 'Parameters have names ($who); a column whose name begins with $ is quoted: "$insert_id".',
  },
  {
    sign: '!',
    message: '! alone is no operator.',
    hint: 'Write not ok, or x != 1.',
  },
];
