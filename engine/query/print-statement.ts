import { printName } from './names.ts';
import { printQuery, printText } from './print.ts';
import type { Statement } from './syntax.ts';

/** @returns a statement's canonical text: one line that is read as the same statement. */
export function printStatement(statement: Statement): string {
  switch (statement.kind) {
    case 'select':
    case 'funnel':
    case 'retention':
    case 'paths':
    case 'lifecycle':
      return printQuery(statement);
    case 'define':
      return `define ${printName(statement.name)} as ${printQuery(statement.query)}`;
    case 'drop':
      return `drop ${printName(statement.name)}`;
    case 'explain':
      return `explain ${statement.analyze ? 'analyze ' : ''}${printQuery(statement.query)}`;
    case 'explain_actor':
      return `explain ${printQuery(statement.query)} for ${printText(statement.actor)}`;
    case 'show_tables':
      return 'show tables';
    case 'show_columns':
      return `show columns from ${printName(statement.table)}${statement.like === null ? '' : ` like ${printText(statement.like)}`}`;
    case 'show_values':
      return `show values of ${printName(statement.column)} from ${printName(statement.table)}`;
    case 'describe':
      return `describe ${printName(statement.table)}`;
  }
}
