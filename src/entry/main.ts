/** The process: arguments in, exit code out. */
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { main } from "./cli.ts";

process.exitCode = await main(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  now: () => Date.now(),
  sleep: async (ms) => void (await sleep(ms)),
  out: (line) => void process.stdout.write(line),
  err: (line) => void process.stderr.write(line),
  stdin: () => text(process.stdin),
  terminal: process.stderr.isTTY ?? false,
});
