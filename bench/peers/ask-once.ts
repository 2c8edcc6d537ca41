import { openContest } from './contenders.ts';
import type { OnceReply, OnceRequest } from './cold.ts';

/** Answers what it reads on its standard input and prints what that took: a process that lives for one question. */
async function main(): Promise<void> {
  let text = '';
  for await (const piece of process.stdin) text += String(piece);
  const { stores, engine, threads, question, layout, variant, all } = JSON.parse(text) as OnceRequest;
  const from = performance.now();
  const contest = await openContest(stores, { threads, engine, layout });
  let error: string | null = null;
  const ask = async (one: typeof question): Promise<void> => {
    const contenders = one === null ? [] : contest.contendersOf(one);
    const own = contenders.find((contender) => contender.layout === layout && contender.variant === variant);
    try {
      await (own ?? contenders[0])?.ask();
    } catch (cause) {
      error = cause instanceof Error ? cause.message : String(cause);
    }
  };
  await ask(question);
  const [askMs, processMs] = [performance.now() - from, performance.now()];
  for (const one of all) await ask(one);
  // Memory is looked at when an idle process would have settled.
  if (question === null && all.length === 0) await new Promise((settled) => setTimeout(settled, 500));
  const reply: OnceReply = {
    askMs,
    processMs,
    rssBytes: process.memoryUsage.rss(),
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
    error,
  };
  process.stdout.write(`${JSON.stringify(reply)}\n`, () => process.exit(0));
}

await main();
