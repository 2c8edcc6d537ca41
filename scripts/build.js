// Builds every TypeScript project, the lower layers first. Plain JavaScript, since it runs before anything has been
// compiled. Does nothing when nothing changed.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const root = fileURLToPath(new URL('..', import.meta.url));
function run(script, args) {
  execFileSync(process.execPath, [join(root, 'node_modules', script), ...args], { cwd: root, stdio: 'inherit' });
}

try {
  run('typescript/bin/tsc', ['-b', ...process.argv.slice(2)]);
} catch (error) {
  if (typeof error?.status !== 'number') throw error;
  process.exitCode = error.status || 1;
}
