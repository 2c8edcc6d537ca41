import { isVarveError, renderError, type ParameterValue, type Varve } from '../engine/index.ts';
import { outputFormat } from '../server/cli/formats/index.ts';
import type { Page } from '../server/cli/formats/output-format.ts';

/**
 * Asks what a document asks; `-- $name is JSON` and `-- now is TIME` in the question say what it depends on.
 * @returns what a person sees at a prompt: the table, then warnings; or the error under its caret.
 */
export async function documentedAnswer(db: Varve, question: string, page: Page): Promise<string> {
  const params: Record<string, ParameterValue> = {};
  let now: Date | null = null;
  for (const [, name, value] of question.matchAll(/^-- (\$\w+|now) is (.+)$/gm)) {
    if (name === 'now') now = new Date(value!);
    else params[name!.slice(1)] = JSON.parse(value!) as ParameterValue;
  }
  try {
    const result = await db.query(question, now === null ? { params } : { params, now });
    const warnings = result.meta.warnings.map((warning) => `warning: ${warning}\n`);
    return [...outputFormat('table').print(result, page), ...warnings].join('');
  } catch (error) {
    if (!isVarveError(error)) throw error;
    return `varve: ${renderError(error, question)}\n`;
  }
}
