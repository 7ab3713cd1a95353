/**
 * How fast deliveries are taken in: signed `issues.labeled` of 12 KB, answered after they are stored for good,
 * beside a bare Probot that stores nothing and a plain server that only verifies and parses. Prints; never fails.
 *
 *   npm run bench -- intake [--rounds 5] [--seconds 2] [--app] [--url postgres://… | --no-postgres]
 *
 * Each server is a process of its own; rounds go round the servers, so that a slow moment of the machine hits
 * all of them. Ratios are taken within a round.
 */
import { fork } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startPostgres } from "../test/run/postgres.ts";

const SECRET = "a secret of this benchmark";
const CONCURRENCY = [1, 10, 100] as const;
const ISSUES = 500;
const BODY_BYTES = 12_000;

interface Sample {
  readonly perSecond: number;
  readonly p99: number;
  /** Microseconds of processor time that the server spent on each, in user and kernel. */
  readonly cpu: number;
}

const { values } = parseArgs({
  allowPositionals: true,
  allowNegative: true,
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "2" },
    /** Of a server that is there; else one is started on loopback. */
    url: { type: "string" },
    postgres: { type: "boolean", default: true },
    /** As a GitHub App instead of with a token. */
    app: { type: "boolean", default: false },
  },
});
const rounds = Number(values.rounds);
const milliseconds = Number(values.seconds) * 1000;
const own = values.postgres && values.url === undefined ? await startPostgres() : null;
const url = values.url ?? own?.url;
const more = values.app ? ["app"] : [];
const servers: readonly (readonly [name: string, args: readonly string[]])[] = [
  ["plain server", ["plain"]],
  ["bare Probot", ["probot", ...more]],
  ["daytwo, SQLite", ["sqlite", ...more]],
  ...(url === undefined ? [] : ([["daytwo, PostgreSQL", ["postgres", url, ...more]]] as const)),
];

const requests = Array.from({ length: ISSUES }, (_, i) => payload(i + 1));
const running = await Promise.all(servers.map(([name, args]) => start(name, args)));
const samples = new Map<string, Sample[]>();
for (const server of running) await load(server, 10, 500);
for (let round = 0; round < rounds; round++) {
  for (const concurrency of CONCURRENCY) {
    for (const server of running) {
      const key = `${server.name} ${concurrency}`;
      samples.set(key, [...(samples.get(key) ?? []), await load(server, concurrency, milliseconds)]);
    }
  }
}
for (const { child } of running) child.kill();
await Promise.all(running.map(({ child }) => once(child, "exit")));
await own?.remove();
print();

async function start(name: string, args: readonly string[]) {
  const child = fork(fileURLToPath(new URL("./intake-server.ts", import.meta.url)), [SECRET, ...args]);
  const [port] = (await once(child, "message")) as [number];
  const cpu = async () => {
    child.send("cpu");
    const [{ user, system }] = (await once(child, "message")) as [NodeJS.CpuUsage];
    return user + system;
  };
  return { name, child, port, cpu };
}
type Running = Awaited<ReturnType<typeof start>>;

/** A delivery as it goes over the wire, but for its id. */
function payload(number: number): { head: string; body: Buffer } {
  const now = "2026-11-24T14:00:00Z";
  const user = { login: "amber", id: 7, type: "User" };
  const issue = {
    number,
    title: "Access for Ada Lovelace",
    html_url: `https://github.com/acme/access-requests/issues/${number}`,
    state: "open",
    user,
    labels: [{ id: 1, name: "access-request" }],
    assignees: [],
    comments: 3,
    created_at: now,
    updated_at: now,
    closed_at: null,
    body: "- [ ] Create the user in Salesforce, with the profile of the role\n".repeat(30),
  };
  const repository = {
    id: 3,
    name: "access-requests",
    full_name: "acme/access-requests",
    owner: { login: "acme" },
  };
  const installation = { id: 99, node_id: "abc" };
  const document = {
    action: "labeled",
    issue,
    label: { id: 1, name: "access-request" },
    repository,
    sender: user,
    installation,
  };
  const padding = "x".repeat(BODY_BYTES - JSON.stringify(document).length);
  const body = Buffer.from(JSON.stringify({ ...document, enterprise: { description: padding } }));
  const signature = createHmac("sha256", SECRET).update(body).digest("hex");
  const head = [
    "POST /api/github/webhooks HTTP/1.1",
    "host: 127.0.0.1",
    "content-type: application/json",
    "user-agent: GitHub-Hookshot/bench",
    "x-github-event: issues",
    `x-hub-signature-256: sha256=${signature}`,
    `content-length: ${body.length}`,
    "x-github-delivery: ",
  ].join("\r\n");
  return { head, body };
}

/** Keeps so many connections busy. Bare sockets, so that the one who measures needs little of the machine. */
async function load({ port, cpu }: Running, concurrency: number, ms: number): Promise<Sample> {
  const cpuBefore = await cpu();
  const end = performance.now() + ms;
  const times: number[] = [];
  let next = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      const socket = connect({ port, host: "127.0.0.1", noDelay: true });
      await once(socket, "connect");
      await new Promise<void>((resolve, reject) => {
        let sent = 0;
        let answer = "";
        const send = () => {
          const { head, body } = requests[next++ % requests.length] as (typeof requests)[number];
          sent = performance.now();
          socket.cork();
          socket.write(`${head}${randomUUID()}\r\n\r\n`);
          socket.write(body);
          socket.uncork();
        };
        socket.on("error", reject);
        socket.on("data", (chunk) => {
          answer += chunk.toString("latin1");
          const head = answer.indexOf("\r\n\r\n");
          const length = Number(/content-length: (\d+)/i.exec(answer)?.[1] ?? 0);
          if (head < 0 || answer.length < head + 4 + length) return;
          if (!/^HTTP\/1.1 20[02]/.test(answer)) reject(new Error(answer));
          answer = "";
          times.push(performance.now() - sent);
          if (performance.now() < end) send();
          else {
            socket.end();
            resolve();
          }
        });
        send();
      });
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  times.sort((a, b) => a - b);
  return {
    perSecond: times.length / seconds,
    p99: times[Math.floor(times.length * 0.99)] ?? Number.NaN,
    cpu: ((await cpu()) - cpuBefore) / times.length,
  };
}

function print(): void {
  const median = (numbers: readonly number[]) =>
    [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
  const spread = (numbers: readonly number[]) =>
    `${Math.min(...numbers).toFixed(2)}–${Math.max(...numbers).toFixed(2)}`;
  const of = (name: string, concurrency: number) => samples.get(`${name} ${concurrency}`) ?? [];
  console.log(`${rounds} rounds of ${values.seconds} s; Node ${process.version}; median (lowest–highest)\n`);
  for (const concurrency of CONCURRENCY) {
    console.log(`concurrency ${concurrency}`);
    for (const [name] of servers) {
      const mine = of(name, concurrency);
      const ratios = (other: string) =>
        mine.map(({ perSecond }, i) => perSecond / (of(other, concurrency)[i]?.perSecond ?? Number.NaN));
      const shown = ["bare Probot", "plain server"]
        .filter((other) => other !== name && name.startsWith("daytwo"))
        .map((other) => `${median(ratios(other)).toFixed(2)} × ${other} (${spread(ratios(other))})`);
      const perSecond = Math.round(median(mine.map((one) => one.perSecond)));
      const p99 = median(mine.map((one) => one.p99)).toFixed(1);
      const cpu = Math.round(median(mine.map((one) => one.cpu)));
      console.log(
        `  ${name.padEnd(20)} ${String(perSecond).padStart(6)}/s  p99 ${p99.padStart(5)} ms  cpu ${String(cpu).padStart(4)} µs  ${shown.join(", ")}`,
      );
    }
  }
}
