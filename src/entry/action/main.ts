/** The process of the action: what the runner starts. */
import { writeSync } from "node:fs";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { act } from "./action.ts";
import { createRunner } from "./runner.ts";

const out = (line: string) => {
  // In order and whole, whatever ends the process.
  for (let rest = Buffer.from(line); rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      // A pipe that is full for now.
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
  }
};

try {
  process.exitCode = await act({
    env: process.env,
    cwd: process.env.GITHUB_WORKSPACE || process.cwd(),
    now: () => Date.now(),
    sleep: async (ms) => void (await sleep(ms)),
    out,
    err: out,
    stdin: () => text(process.stdin),
    terminal: false,
  });
} catch (error) {
  // Node would print it as it is, and with it perhaps what somebody wrote.
  createRunner(process.env, out).error(
    error instanceof Error ? (error.stack ?? error.message) : String(error),
    {
      title: "daytwo failed",
    },
  );
  process.exitCode = 1;
}
