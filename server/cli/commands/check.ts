import { open } from '../../../engine/index.ts';
import { dataDirectory, type CliCommand, type CommonOptions } from '../command.ts';
import { formatBytes, formatCount } from '../terminal.ts';

export const checkCommand: CliCommand = {
  name: 'check',
  summary: 'read every byte of the store and check every checksum; changes nothing',
  example: 'varve check',
  configure(command, terminal) {
    command.action(async (options: CommonOptions) => {
      await using db = await open(dataDirectory(options), { readOnly: true });
      const report = await db.check();
      if (options.json === true) await terminal.print(`${JSON.stringify(report)}\n`);
      else {
        for (const { file, problem } of report.findings) await terminal.print(`${file}: ${problem}\n`);
        await terminal.print(
          `${formatCount(report.files)} files, ${formatBytes(report.bytes)}: ` +
            `${report.findings.length === 0 ? 'every checksum holds' : `${formatCount(report.findings.length)} problem${report.findings.length === 1 ? '' : 's'}`}\n`,
        );
      }
      if (report.findings.length > 0) {
        terminal.exitCode = 1;
        if (options.json !== true) terminal.say('Restore each of these files from a copy of the store.');
      }
    });
  },
};
