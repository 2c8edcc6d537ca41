import Table from 'cli-table3';
import { clipToWidth, inspect, type InspectReport } from '../../../engine/index.ts';
import type { CliCommand, CommonOptions } from '../command.ts';
import { jsonCell } from '../formats/cell.ts';
import { formatCount, type Terminal } from '../terminal.ts';

interface Options extends CommonOptions {
  readonly format?: string;
  readonly logFormat?: string;
  readonly encoding?: string;
  readonly time?: string;
  readonly actor?: string;
  readonly timezone?: string;
}

/** Columns of a terminal that an example or a line that was rejected takes at most. */
const exampleWidth = 60;

export const inspectCommand: CliCommand = {
  name: 'inspect',
  summary: 'look at a source: format, columns, time, actors, rows; proposes the import; changes nothing',
  example: 'varve inspect access.log',
  configure(command, terminal) {
    command
      .argument('<file...>', 'files, or - for standard input')
      .option('--format <name>', 'format of the source (default: detected)')
      .option('--log-format <string>', 'the LogFormat of Apache or log_format of nginx that wrote the log')
      .option('--encoding <name>', 'what the text is in, as windows-1252 or shift_jis (default: detected)')
      .option('--time <column>', 'time column')
      .option('--actor <columns>', 'actor column')
      .option('--timezone <zone>', 'zone of times without an offset (default: UTC)')
      .action(async (files: string[], options: Options) => {
        for (const file of files) {
          const report = await inspect(file === '-' ? (terminal.input as AsyncIterable<Uint8Array>) : file, {
            ...(options.format === undefined ? {} : { format: options.format }),
            ...(options.logFormat === undefined ? {} : { logFormat: options.logFormat }),
            ...(options.encoding === undefined ? {} : { encoding: options.encoding }),
            ...(options.time === undefined ? {} : { time: options.time }),
            ...(options.actor === undefined ? {} : { actor: options.actor.split(',') }),
            ...(options.timezone === undefined ? {} : { timezone: options.timezone }),
          });
          if (options.json === true) await terminal.print(`${JSON.stringify(report, plainBigint)}\n`);
          else await printReport(report, terminal);
        }
      });
  },
};

function plainBigint(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

async function printReport(report: InspectReport, terminal: Terminal): Promise<void> {
  const lines: string[] = [];
  lines.push(
    `${report.name}: ${report.format}${report.compression === null ? '' : `, ${report.compression}`} (${report.evidence})`,
  );
  lines.push(
    `${formatCount(report.rows)} rows looked at${report.complete ? ', the whole of it' : ', the beginning'}; ` +
      `${formatCount(report.rejectedCount)} would be rejected`,
  );
  const columns = new Table({
    head: ['column', 'type', 'filled', 'distinct', 'example', 'why'],
    style: { head: [], border: [], compact: true },
    wordWrap: true,
  });
  for (const column of report.columns) {
    columns.push([
      column.name,
      column.type,
      `${Math.round(column.filled * 100)} %`,
      formatCount(column.distinct),
      clipToWidth(column.example, exampleWidth),
      column.evidence,
    ]);
  }
  lines.push(columns.toString());
  lines.push(`time   ${report.time ?? 'none: events would get the time of the import'}`);
  lines.push(`actor  ${report.actor ?? 'none'}`);
  for (const candidate of report.actorCandidates)
    lines.push(`       ${candidate.name}: ${formatCount(candidate.distinct)} distinct, ${candidate.why}`);
  for (const row of report.sample)
    lines.push(
      JSON.stringify(row, (_key, value: unknown) => (typeof value === 'bigint' ? jsonCell(value, 'int') : value)),
    );
  for (const { reason, raw } of report.rejected)
    lines.push(`rejected: ${reason}: ${clipToWidth(JSON.stringify(raw), exampleWidth)}`);
  for (const advice of report.advice) lines.push(`advice: ${advice}`);
  lines.push('', report.command);
  await terminal.print(`${lines.join('\n')}\n`);
}
