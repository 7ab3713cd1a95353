/** Instances of daytwo's inbox in processes of their own, to be killed, and the audit of what they have done. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Inbox } from "../../src/run/inbox/inbox.ts";

/** A SQLite inbox in a folder, or a PostgreSQL one in a schema, whose leases are as short as they may be. */
export type Store = { readonly folder: string } | { readonly url: string; readonly schema: string };

export async function openStore(store: Store): Promise<Inbox> {
  // Loaded when used: many processes are started here.
  if (!("url" in store)) {
    const { openSqliteInbox } = await import("../../src/run/inbox/sqlite.ts");
    return openSqliteInbox({ ...store, now: Date.now });
  }
  const { openPostgresInbox } = await import("../../src/run/inbox/postgres.ts");
  return openPostgresInbox({ ...store, lease: 10, now: Date.now });
}

export interface Orders {
  readonly name: string;
  readonly store: Store;
  readonly journal: string;
  readonly puts: number;
  readonly lanes: number;
  readonly atOnce: number;
  readonly tries: number;
  /** The work kills its own process. */
  readonly fatal?: boolean;
}

export interface Instance {
  readonly name: string;
  readonly pid: number;
  readonly gone: Promise<unknown>;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** SIGTERM, and its end. */
  stop(): Promise<void>;
}

export async function startInstance(orders: Orders): Promise<Instance> {
  const child: ChildProcess = fork(join(import.meta.dirname, "inbox.child.ts"), [JSON.stringify(orders)], {
    execArgv: [],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let said = "";
  child.stderr?.on("data", (chunk) => {
    said += chunk;
  });
  const gone = once(child, "exit").then(([code, signal]) => {
    appendFileSync(orders.journal, `gone ${orders.name} ${signal ?? code}\n`);
    if (code !== 0 && signal !== "SIGKILL")
      throw new Error(`${orders.name} ended with ${code ?? signal}:\n${said}`);
  });
  await Promise.race([once(child, "message"), gone]);
  return {
    name: orders.name,
    pid: child.pid ?? 0,
    gone,
    async kill() {
      child.kill("SIGKILL");
      await gone;
    },
    async stop() {
      child.kill("SIGTERM");
      await gone;
    },
  };
}

interface Audit {
  /** Deliveries whose put has been answered. */
  readonly promised: ReadonlySet<string>;
  /** Deliveries whose work has ended, by who ended it last. */
  readonly done: ReadonlyMap<string, string>;
  /** Lanes that two worked on at once: must be empty. */
  readonly clashes: readonly string[];
  /** Deliveries that were worked on twice though whoever did so first lived on: must be empty. */
  readonly doubled: readonly string[];
}

export function audit(journal: string): Audit {
  const promised = new Set<string>();
  const done = new Map<string, string>();
  const working = new Map<string, string>();
  const killed = new Set<string>();
  const clashes: string[] = [];
  const doubled: string[] = [];
  for (const line of readFileSync(journal, "utf8").trim().split("\n")) {
    const [what, name = "", lane = "", ids = ""] = line.split(" ");
    if (what === "put") promised.add(ids);
    if (what === "gone") {
      if (lane === "SIGKILL") killed.add(name);
      for (const [lane, who] of working) if (who === name) working.delete(lane);
    }
    if (what === "begin") {
      const who = working.get(lane);
      if (who) clashes.push(`lane ${lane}: ${name} began while ${who} was at it`);
      working.set(lane, name);
      for (const id of ids.split(",")) {
        const before = done.get(id);
        if (before && !killed.has(before)) doubled.push(`${id}: ${before}, then ${name}`);
      }
    }
    if (what === "end") {
      working.delete(lane);
      for (const id of ids.split(",")) done.set(id, name);
    }
  }
  return { promised, done, clashes, doubled };
}

/** How many lines of the journal are about an instance. */
export function linesOf(journal: string, name: string): number {
  if (!existsSync(journal)) return 0;
  return readFileSync(journal, "utf8")
    .split("\n")
    .filter((line) => line.split(" ")[1] === name).length;
}
