/** The process: arguments in, exit code out. */
import { text } from "node:stream/consumers";
import { main } from "./cli.ts";

process.exitCode = await main(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  now: () => Date.now(),
  out: (line) => void process.stdout.write(line),
  err: (line) => void process.stderr.write(line),
  stdin: () => text(process.stdin),
  terminal: process.stderr.isTTY ?? false,
});
