/** The process: arguments in, exit code out. */
import { createInterface } from "node:readline/promises";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { main } from "./cli.ts";
import { Invalid } from "./io.ts";

/** Asks on stderr, so that stdout has results only. */
function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise<string>((resolve, reject) => {
    lines.question(question).then(resolve, reject);
    // Ctrl-C and Ctrl-D leave a question open for ever; after an answer this comes too late to matter.
    lines.on("close", () => reject(Invalid.one("left without an answer; nothing was written")));
  }).finally(() => lines.close());
}

// `daytwo … | head`: whoever reads may stop, and what was begun is still done to its end.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

process.exitCode = await main(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  now: () => Date.now(),
  sleep: async (ms) => void (await sleep(ms)),
  out: (line) => void process.stdout.write(line),
  err: (line) => void process.stderr.write(line),
  stdin: () => text(process.stdin),
  terminal: process.stderr.isTTY ?? false,
  screen: process.stdout.isTTY ?? false,
  ...(process.stdin.isTTY && process.stderr.isTTY ? { ask } : {}),
});
