/** One server of `intake.ts`, in a process of its own; tells its port to the one that forked it. */
import { createHmac, generateKeyPairSync, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createNodeMiddleware, Probot } from "probot";
import { loadGitHubApp } from "../src/entry/app/github.ts";
import { createIntake } from "../src/entry/app/intake.ts";
import { createLog } from "../src/entry/app/log.ts";
import { createMetrics } from "../src/entry/app/metrics.ts";
import { createFace } from "../src/entry/app/server.ts";
import { githubJudge, gitlabJudge } from "../src/entry/app/signatures.ts";
import { openInbox } from "../src/run/inbox/open.ts";
import type { Directory } from "../src/run/serve/shop.ts";

const [secret = "", kind = "", ...rest] = process.argv.slice(2);
const path = "/api/github/webhooks";

/** As a GitHub App where asked for, else with a token. */
function account() {
  if (!rest.includes("app")) return { githubToken: "token" };
  const pem = { type: "pkcs8", format: "pem" } as const;
  const pair = {
    modulusLength: 2048,
    privateKeyEncoding: pem,
    publicKeyEncoding: { type: "spki", format: "pem" },
  } as const;
  return { appId: 1, privateKey: generateKeyPairSync("rsa", pair).privateKey };
}

function plain(): RequestListener {
  return (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const raw = Buffer.concat(chunks);
      const given = Buffer.from(String(request.headers["x-hub-signature-256"]).slice(7), "hex");
      if (!timingSafeEqual(createHmac("sha256", secret).update(raw).digest(), given)) {
        response.writeHead(401).end();
        return;
      }
      JSON.parse(raw.toString("utf8"));
      response.writeHead(202, { "content-length": 3 }).end("ok\n");
    });
  };
}

async function bareProbot(): Promise<RequestListener> {
  const probot = new Probot({ ...account(), secret, logLevel: "warn" });
  const middleware = await createNodeMiddleware((app) => app.on("issues", () => undefined), {
    probot,
    webhooksPath: path,
  });
  return (request, response) => void middleware(request, response);
}

/** All of daytwo between the socket and the store; nothing that works on what is stored. */
async function daytwo(databaseUrl?: string): Promise<Server> {
  const now = Date.now;
  const { log } = createLog("warn", (text) => void process.stdout.write(text));
  const folder = mkdtempSync(join(tmpdir(), "daytwo-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  process.on("SIGTERM", () => process.exit());
  const inbox = await openInbox({ databaseUrl, folder, now });
  const directory: Directory = { all: () => [], serving: () => [], complete: () => false };
  const intake = createIntake({ inbox, directory, now, log });
  const probot = new Probot({ ...account(), secret, log });
  const nobody = { pushed: () => undefined, installed: () => undefined };
  return createFace({
    github: await loadGitHubApp(probot, intake, nobody, log),
    githubJudge: githubJudge([secret]),
    gitlabJudge: gitlabJudge([], []),
    intake,
    pushed: () => undefined,
    metrics: createMetrics(inbox, now),
    board: null,
    ready: () => inbox.ready(),
    draining: () => false,
    now,
    log,
  });
}

async function open(): Promise<Server> {
  if (kind === "plain") return createServer(plain());
  if (kind === "probot") return createServer(await bareProbot());
  return daytwo(kind === "postgres" ? rest[0] : undefined);
}

process.on("message", () => process.send?.(process.cpuUsage()));
const server = await open();
server.listen(0, "127.0.0.1");
await once(server, "listening");
process.send?.((server.address() as AddressInfo).port);
