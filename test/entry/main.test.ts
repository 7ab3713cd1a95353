import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const BIN = fileURLToPath(new URL("../../bin/daytwo.js", import.meta.url));

test("a command whose reader has left ends as it would have", async () => {
  const child = spawn(process.execPath, [BIN, "commands"], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  const [err, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
  expect([code, err]).toEqual([0, ""]);
});
