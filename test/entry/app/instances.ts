/** Apps in processes of their own, on the forge of a world, to be killed. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { START, type World } from "./world.ts";

export interface Instance {
  readonly child: ChildProcess;
  readonly url: string;
  readonly gone: Promise<unknown>;
}

/** The world's clock runs with the machine's from now on, `speed` times as fast. @returns what tells an app so */
export function runClock(world: World, speed = 1): Record<string, string> {
  const since = Date.now();
  Object.defineProperty(world.clock, "now", { get: () => START + (Date.now() - since) * speed });
  return { START: String(START), SINCE: String(since), SPEED: String(speed) };
}

/** @param env what else it is told, the clock among it */
export async function startInstance(world: World, env: Record<string, string>): Promise<Instance> {
  const child = fork(join(import.meta.dirname, "instance.child.ts"), [], {
    cwd: world.folder,
    env: { ...process.env, ...world.env, LOG_LEVEL: "warn", ...env },
    execArgv: [],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let said = "";
  child.stderr?.on("data", (chunk) => {
    said += chunk;
  });
  const gone = once(child, "exit");
  const url = await Promise.race([
    once(child, "message").then(([message]) => String(message)),
    gone.then(() => Promise.reject(new Error(`the app did not start:\n${said}`))),
  ]);
  return { child, url, gone };
}
