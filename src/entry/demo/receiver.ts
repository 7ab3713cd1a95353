/**
 * The receiving side of the demo: a server that checks each webhook's signature, answers 202 and looks at the
 * issue. What it has accepted is only in memory, so it serves a demo and nothing else.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Config } from "../../engine/config/schema.ts";
import { githubReceiver } from "../../forge/github/index.ts";
import { gitlabReceiver } from "../../forge/gitlab/index.ts";
import type { Delivery, ForgeKind, IssueRef, Trigger } from "../../model.ts";
import { githubDeliveryId, githubJudge, gitlabDeliveryId, gitlabJudge } from "../app/signatures.ts";
import { rolesNamed } from "../session.ts";

interface Work {
  readonly trigger: Trigger;
  readonly subject: IssueRef;
}

export interface ReceiverOptions {
  readonly forge: ForgeKind;
  readonly config: Config;
  /** GitHub's webhook secret, or GitLab's signing token (`whsec_<base64>`). */
  readonly secret: string;
  /** Handle of the account daytwo runs as: what it did itself is no news to it. */
  readonly self: string;
  readonly now: () => number;
  work(work: Work): Promise<void>;
}

export interface DemoReceiver {
  readonly url: string;
  /** Resolves when nothing that was accepted waits any more. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

const PATHS = { github: "/api/github/webhooks", gitlab: "/api/gitlab/webhooks" } as const;
/** GitHub sends at most 25 MB; GitLab's limit is the same by default. */
const MAX_BODY = 25 * 1024 * 1024;

export async function startReceiver(options: ReceiverOptions): Promise<DemoReceiver> {
  const { forge, config, self } = options;
  const read = forge === "github" ? githubReceiver : gitlabReceiver;
  const gate = gateOf(options);
  const known = new Set<string>();
  const waiting: Delivery[] = [];
  let working: Promise<void> = Promise.resolve();

  /** Everything about one issue that has come in meanwhile is one piece of work. */
  async function next(): Promise<void> {
    const first = waiting[0];
    if (!first) return;
    const same = ({ project, issue }: Delivery) =>
      project === first.project && issue.number === first.issue.number;
    const deliveries = waiting.filter(same);
    waiting.splice(0, waiting.length, ...waiting.filter((one) => !same(one)));
    for (const project of rolesNamed(first.project, config)) {
      const subject = { project, number: first.issue.number };
      await options.work({ trigger: { kind: "delivery", deliveries, project }, subject });
    }
  }

  async function accept(request: IncomingMessage): Promise<number> {
    if (request.method !== "POST" || request.url !== PATHS[forge]) return 404;
    const body = await bodyOf(request);
    if (body === null) return 413;
    if (!gate.accepts(request.headers, body)) return 401;
    const event = String(request.headers[gate.event] ?? "");
    const id = gate.id(request.headers, event, body);
    if (known.has(id)) return 202;
    const delivery = read.read(event, JSON.parse(body.toString("utf8")), id);
    known.add(id);
    if (delivery && delivery.actor !== self) {
      waiting.push(delivery);
      working = working.then(next);
      // Told by `idle`, to whoever asks then.
      working.catch(() => undefined);
    }
    return 202;
  }

  const server = createServer((request, response) => {
    accept(request).then(
      (status) => response.writeHead(status).end(),
      (error: Error) => response.writeHead(400).end(error.message),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${PATHS[forge]}`,
    idle: () => working,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** One webhook's headers and body, read for its signature, id and event. */
interface Gate {
  accepts(headers: IncomingHttpHeaders, raw: Buffer): boolean;
  id(headers: IncomingHttpHeaders, event: string, raw: Buffer): string;
  readonly event: string;
}

function gateOf({ forge, secret, now }: ReceiverOptions): Gate {
  if (forge === "github") {
    const judge = githubJudge([secret]);
    return { accepts: judge.accepts, id: githubDeliveryId, event: "x-github-event" };
  }
  const judge = gitlabJudge([], [Buffer.from(secret.replace(/^whsec_/, ""), "base64")]);
  return {
    accepts: (headers, raw) => judge.accepts(headers, raw, now()),
    id: gitlabDeliveryId,
    event: "x-gitlab-event",
  };
}

/** Null where it is too large. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
