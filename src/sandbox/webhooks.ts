/** Webhooks: what happens in a project, signed and sent to whoever asked, in order or as the caller likes. */
import { createHmac, randomUUID } from "node:crypto";
import type { MemoryForge } from "../forge/memory/index.ts";
import type { Happening } from "../forge/memory/state.ts";
import type { Instant } from "../model.ts";
import { githubEvents } from "./github/events.ts";
import { gitlabEvents } from "./gitlab/events.ts";

export interface HookOptions {
  /** Full name. */
  readonly project: string;
  readonly url: string;
  /** GitHub: the key of `X-Hub-Signature-256`. GitLab: sent plainly as `X-Gitlab-Token`. */
  readonly secret?: string;
  /** GitLab: `whsec_<base64>`; signs as https://www.standardwebhooks.com says. */
  readonly signingToken?: string;
  /** GitLab: also what happens on confidential issues. On unless told. */
  readonly confidential?: boolean;
  /** What it is not sent for, as its settings tell; deliveries are not held back by it. */
  readonly without?: readonly ("issues" | "comments" | "push")[];
  /** GitHub: switched off. */
  readonly inactive?: boolean;
  /** Takes any certificate. */
  readonly insecure?: boolean;
  /** GitLab: disabled after failures until then; null is for good. */
  readonly disabled?: Instant | null;
}

export interface Hook extends HookOptions {
  readonly id: number;
}

/** One payload on its way. Sending it again sends the same id, as a redelivery does. */
export interface Delivery {
  /** `X-GitHub-Delivery`, or GitLab's `webhook-id` and `Idempotency-Key`. */
  readonly id: string;
  readonly hook: Hook;
  /** `issues`, `issue_comment`; `Issue Hook`, `Note Hook` and their `Confidential` forms. */
  readonly event: string;
  readonly action: string;
  /** The raw body. */
  readonly payload: string;
}

/** One attempt, as the forge's own list of deliveries shows it. */
export interface Attempt {
  readonly id: number;
  readonly delivery: Delivery;
  readonly at: Instant;
  readonly redelivery: boolean;
  /** Null where nobody answered. */
  readonly status: number | null;
  readonly body: string;
  readonly duration: number;
}

/** How long the forge waits for an answer. */
const TIMEOUT_MS = 10_000;

export class Webhooks {
  readonly #memory: MemoryForge;
  readonly #clock: () => Instant;
  readonly #api: string;
  readonly hooks: Hook[] = [];
  /** What waits to be sent, oldest first. The caller may take it apart: drop, double, shuffle, hold back. */
  readonly queue: Delivery[] = [];
  readonly attempts: Attempt[] = [];
  /** Send each as it comes, one after the other. Off: `deliver` sends what waits. */
  automatic: boolean;
  #sending: Promise<unknown> = Promise.resolve();
  readonly #stop: () => void;

  constructor(memory: MemoryForge, api: string, clock: () => Instant, automatic: boolean) {
    this.#memory = memory;
    this.#api = api;
    this.#clock = clock;
    this.automatic = automatic;
    this.#stop = memory.listen((happening) => this.#hear(happening));
  }

  add(options: HookOptions): Hook {
    const hook = { ...options, id: this.#memory.nextId() };
    this.hooks.push(hook);
    return hook;
  }

  /** Takes all that waits out of the queue. */
  take(): Delivery[] {
    return this.queue.splice(0);
  }

  /** Sends what waits, or these, one after the other; each when the one before was answered. */
  async deliver(deliveries: readonly Delivery[] = this.take()): Promise<Attempt[]> {
    const sent: Attempt[] = [];
    for (const delivery of deliveries) sent.push(await this.send(delivery));
    return sent;
  }

  async send(delivery: Delivery): Promise<Attempt> {
    const at = this.#clock();
    const began = performance.now();
    const redelivery = this.attempts.some((each) => each.delivery.id === delivery.id);
    let status: number | null = null;
    let body = "";
    try {
      const answer = await fetch(delivery.hook.url, {
        method: "POST",
        body: delivery.payload,
        headers: this.#headers(delivery, at),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      status = answer.status;
      body = await answer.text();
    } catch {
      // Nobody there, or no answer in time: the attempt says so.
    }
    const duration = (performance.now() - began) / 1000;
    const attempt = { id: this.#memory.nextId(), delivery, at, redelivery, status, body, duration };
    this.attempts.push(attempt);
    return attempt;
  }

  /** Sends after everything that is being sent; for those who do not wait. */
  later(delivery: Delivery): void {
    this.#sending = this.#sending.then(() => this.send(delivery));
  }

  /** Resolves when everything sent so far without waiting was answered. */
  async settled(): Promise<void> {
    let last: unknown;
    while (last !== this.#sending) {
      last = this.#sending;
      await last;
    }
  }

  close(): void {
    this.#stop();
  }

  #hear(happening: Happening): void {
    const read = this.#memory.kind === "github" ? githubEvents : gitlabEvents;
    const hooks = this.hooks.filter(
      (hook) => hook.project.toLowerCase() === happening.project.name.toLowerCase(),
    );
    for (const hook of hooks) {
      const place = { memory: this.#memory, api: this.#api, project: happening.project };
      for (const { event, action, payload } of read(place, happening)) {
        if (event.startsWith("Confidential") && hook.confidential === false) continue;
        const delivery = { id: randomUUID(), hook, event, action, payload: JSON.stringify(payload) };
        if (!this.automatic) this.queue.push(delivery);
        else this.later(delivery);
      }
    }
  }

  #headers({ id, hook, event, payload }: Delivery, at: Instant): Record<string, string> {
    const common = { "content-type": "application/json" };
    if (this.#memory.kind === "github") {
      const digest = hook.secret && createHmac("sha256", hook.secret).update(payload).digest("hex");
      return {
        ...common,
        accept: "*/*",
        "user-agent": "GitHub-Hookshot/sandbox",
        "x-github-delivery": id,
        "x-github-event": event,
        "x-github-hook-id": String(hook.id),
        "x-github-hook-installation-target-type": "repository",
        "x-github-hook-installation-target-id": String(this.#memory.project(hook.project).id),
        ...(digest ? { "x-hub-signature-256": `sha256=${digest}` } : {}),
      };
    }
    const timestamp = String(Math.floor(at / 1000));
    const key = hook.signingToken && Buffer.from(hook.signingToken.replace(/^whsec_/, ""), "base64");
    const signature =
      key && createHmac("sha256", key).update(`${id}.${timestamp}.${payload}`).digest("base64");
    return {
      ...common,
      "user-agent": "GitLab/18.6.0",
      "x-gitlab-event": event,
      "x-gitlab-instance": this.#memory.web,
      "x-gitlab-webhook-uuid": String(hook.id),
      // Calls that a hook itself sets off share this one, so it tells deliveries apart only by chance.
      "x-gitlab-event-uuid": randomUUID(),
      "idempotency-key": id,
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      ...(hook.secret ? { "x-gitlab-token": hook.secret } : {}),
      ...(signature ? { "webhook-signature": `v1,${signature}` } : {}),
    };
  }
}
