/**
 * The receiving side of the demo: a server that checks each webhook's signature, answers 202 and looks at the
 * issue. What it has accepted is only in memory, so it serves a demo and nothing else.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Config } from "../../engine/config/schema.ts";
import { githubReceiver } from "../../forge/github/index.ts";
import { gitlabReceiver } from "../../forge/gitlab/index.ts";
import type { Delivery, ForgeKind, IssueRef, Trigger } from "../../model.ts";
import { rolesNamed } from "../session.ts";

export interface Work {
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
/** A signature older or newer than this may be somebody's recording. https://www.standardwebhooks.com */
const MAX_AGE_MS = 5 * 60_000;

export async function startReceiver(options: ReceiverOptions): Promise<DemoReceiver> {
  const { forge, config, self } = options;
  const read = forge === "github" ? githubReceiver : gitlabReceiver;
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
    const id = header(request, forge === "github" ? "x-github-delivery" : "webhook-id");
    if (!SIGNED[forge](request, body, id, options)) return 401;
    if (known.has(id)) return 202;
    const event = header(request, forge === "github" ? "x-github-event" : "x-gitlab-event");
    const delivery = read.read(event, JSON.parse(body.toString("utf8")), id);
    known.add(id);
    if (delivery && delivery.actor !== self) {
      waiting.push(delivery);
      working = working.then(next);
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

type Signed = (
  request: IncomingMessage,
  body: Buffer,
  id: string,
  options: Pick<ReceiverOptions, "secret" | "now">,
) => boolean;

const SIGNED: Readonly<Record<ForgeKind, Signed>> = {
  // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
  github: (request, body, _, { secret }) =>
    equal(
      header(request, "x-hub-signature-256"),
      `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
    ),
  // https://docs.gitlab.com/user/project/integrations/webhooks/ and https://www.standardwebhooks.com
  gitlab: (request, body, id, { secret, now }) => {
    const timestamp = header(request, "webhook-timestamp");
    if (!(Math.abs(now() - Number(timestamp) * 1000) <= MAX_AGE_MS)) return false;
    const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
    const digest = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64");
    return header(request, "webhook-signature")
      .split(" ")
      .some((signature) => equal(signature, `v1,${digest}`));
  },
};

function equal(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const header = (request: IncomingMessage, name: string): string => {
  const value = request.headers[name];
  return typeof value === "string" ? value : "";
};

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
