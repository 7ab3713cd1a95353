/**
 * The demo in a browser: a forge on loopback whose issues are pages to click on, and the app in earnest, with its
 * store, its signed webhooks and its sweeps. The clock begins on a day in November and runs on from there; the
 * pages can turn it ahead.
 */
import { randomBytes } from "node:crypto";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configuredLabels } from "../../engine/config/configured-labels.ts";
import type { Config } from "../../engine/config/schema.ts";
import { boxes, setBox } from "../../engine/text/markdown.ts";
import { addWorkingDays, calendarOf } from "../../engine/time/calendar.ts";
import { HOUR_MS } from "../../engine/time/days.ts";
import { dayOf, formatInstant, instantOf } from "../../engine/time/zones.ts";
import type { MemoryForge } from "../../forge/memory/index.ts";
import type { ForgeKind, Instant } from "../../model.ts";
import { loadConfigFrom } from "../../run/config.ts";
import { type Sandbox, startSandbox } from "../../sandbox/index.ts";
import { type App, startApp } from "../app/app.ts";
import { Invalid, type Io } from "../io.ts";
import { acme, EXAMPLE, exampleText, hireIssue, PEOPLE, PROJECTS } from "./stage.ts";

export const HINTS = [
  "Press “Next working day”: Lin Chen's access request opens, and her onboarding issue links to it.",
  "Open an access request that is In Progress, tick its last boxes, and see it Completed.",
  "Assign yourself to one that is Action Needed, or add “SalesOPS: Waiting on SFDC License”.",
  "Be @mallory, who is not of the team, and set a state label: daytwo puts it back.",
  "Comment /ar help.",
] as const;

export interface Playground {
  /** Of the pages. */
  readonly url: string;
  /** Of the app: `/healthz`, `/metrics`. */
  readonly app: string;
  /** Where the app keeps its configuration and its store. */
  readonly folder: string;
  /** Resolves when there is something to look at: a request in each state, and a hire whose day two is tomorrow. */
  readonly ready: Promise<void>;
  /** Ends both, and removes the folder. */
  close(): Promise<void>;
}

const ZONE = "America/New_York";
/** A Monday. Thursday is a holiday. */
const MONDAY = "2026-11-23";
const TUESDAY = "2026-11-24";
/** What the app may take to finish what it is doing. */
const DRAIN_MS = 10_000;
/** Between two looks at whether daytwo is done. */
const LOOK_MS = 25;

/** @throws where the example does not load or no port is free */
export async function openPlayground(forge: ForgeKind, io: Io): Promise<Playground> {
  let ahead = instantOf(MONDAY, "09:00", ZONE) - io.now();
  const now = () => io.now() + ahead;
  const { memory, token } = acme(forge, now);
  const folder = mkdtempSync(join(tmpdir(), "daytwo-demo-"));
  const cleaning: (() => Promise<unknown> | undefined)[] = [
    async () => rmSync(folder, { recursive: true, force: true }),
  ];
  const close = async () => {
    for (const clean of cleaning.splice(0).reverse()) await clean();
  };
  try {
    // The pages' buttons come to it; it is there before anybody has an address to press them at.
    let app: App | null = null;
    const turn = (at: Instant) => {
      ahead += Math.max(0, at - now());
    };
    const turnAndSweep = async (at: Instant) => {
      turn(at);
      await app?.sweep();
    };
    const calendar = calendarOf({ country: "US", region: "NY" });
    const tomorrow = () => addWorkingDays(calendar, dayOf(now(), ZONE), 1);
    const sandbox = await startSandbox({
      forge: memory,
      clock: now,
      deliverWebhooks: true,
      pages: {
        heading: `daytwo on ${forge === "github" ? "GitHub" : "GitLab"}, in a sandbox`,
        hints: HINTS,
        people: PEOPLE,
        forms: () => [newHire(forge, dayOf(now(), ZONE))],
        when: (at) => formatInstant(at, ZONE),
        moves: [
          { name: "+1 hour", move: () => turnAndSweep(now() + HOUR_MS) },
          { name: "Next working day", move: () => turnAndSweep(instantOf(tomorrow(), "09:00", ZONE)) },
        ],
      },
    });
    cleaning.push(() => sandbox.close());

    cpSync(EXAMPLE, folder, { recursive: true });
    const api = forge === "github" ? sandbox.githubApi : sandbox.gitlabApi;
    writeFileSync(join(folder, "daytwo.yml"), exampleText(forge, api));
    const { config, faults } = loadConfigFrom(folder);
    if (!config) throw new Invalid(faults);
    addLabels(memory, forge, config);

    const secret = `whsec_${randomBytes(32).toString("base64")}`;
    const env =
      forge === "github"
        ? { GITHUB_TOKEN: token, WEBHOOK_SECRET: secret }
        : { GITLAB_TOKEN: token, GITLAB_WEBHOOK_SIGNING_TOKEN: secret };
    const started = await startApp(
      {
        env: { ...env, PORT: "0", LOG_LEVEL: "error" },
        cwd: folder,
        now,
        sleep: (ms) => io.sleep(ms),
        // Its log: only what has gone wrong.
        out: (text) => io.err(text),
        err: (text) => io.err(text),
        stdin: async () => "",
        terminal: false,
      },
      {},
    );
    app = started;
    cleaning.push(() => started.drain(DRAIN_MS));
    for (const project of Object.values(PROJECTS[forge])) {
      const key = forge === "github" ? { secret } : { signingToken: secret };
      sandbox.webhooks.add({ project, url: `${started.url}/api/${forge}/webhooks`, ...key });
    }
    const quiet = () => quietly(sandbox, started, io);
    const ready = seed({ memory, forge, config, quiet, turn });
    // Told to whoever waits for it.
    ready.catch(() => undefined);
    return { url: sandbox.url, app: started.url, folder, ready, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function newHire(forge: ForgeKind, today: string) {
  const hire = { name: "Alan Turing", role: "Account Executive", country: "US-NY", zone: ZONE };
  const name = "New hire: an onboarding issue";
  return { name, project: PROJECTS[forge].onboarding, ...hireIssue({ ...hire, start: today }) };
}

/** As `daytwo labels sync` would have made them. */
function addLabels(memory: MemoryForge, forge: ForgeKind, config: Config): void {
  const { requests, onboarding } = PROJECTS[forge];
  for (const { name, ...look } of configuredLabels(config)) memory.addLabel(requests, name, look);
  if (config.onboarding) memory.addLabel(onboarding, config.onboarding.label, { color: "#1f78d1" });
}

interface Scene {
  readonly memory: MemoryForge;
  readonly forge: ForgeKind;
  readonly config: Config;
  quiet(): Promise<void>;
  turn(at: Instant): void;
}

/** On Monday four requests open, and people work on three of them; on Tuesday the next hire starts. */
async function seed({ memory, forge, config, quiet, turn }: Scene): Promise<void> {
  const { requests, onboarding } = PROJECTS[forge];
  const hire = (name: string, role: string, start: string) =>
    memory.by("hr").open(onboarding, hireIssue({ name, role, start, country: "US-NY", zone: ZONE }));
  hire("Ada Lovelace", "Account Executive", "2026-11-20");
  hire("Grace Hopper", "Sales Development Representative", "2026-11-20");
  hire("Katherine Johnson", "Customer Success Manager", "2026-11-20");
  hire("Mary Jackson", "Solutions Architect", "2026-11-20");
  await quiet();
  const requestOf = (name: string): number => {
    const issues = memory.project(requests).issues.values();
    const found = issues.find(({ title }) => title.includes(name));
    if (!found) throw new Error(`The demo cannot go on: daytwo has opened no access request for ${name}`);
    return found.number;
  };
  const [ada, grace, katherine] = ["Ada", "Grace", "Katherine"].map(requestOf) as [number, number, number];
  memory.by("amber").assign(requests, ada);
  memory.by("meri").assign(requests, grace);
  memory.by("sam").assign(requests, katherine);
  await quiet();

  turn(instantOf(MONDAY, "14:00", ZONE));
  const tick = (who: string, number: number, left: number) => {
    let { body } = memory.issue(requests, number);
    const all = boxes(body);
    for (const box of all.slice(0, all.length - left)) body = setBox(body, box, true);
    memory.by(who).edit(requests, number, { body });
  };
  tick("amber", ada, 0);
  const licence = config.lifecycle.hold_reasons.sfdc_license?.label;
  if (licence) memory.by("meri").label(requests, grace, licence);
  tick("sam", katherine, 2);
  await quiet();

  turn(instantOf(TUESDAY, "09:00", ZONE));
  hire("Lin Chen", "Account Executive", TUESDAY);
  await quiet();
}

/** Resolves when every webhook was answered and the app is done with them, and with what that set off. */
async function quietly({ webhooks }: Sandbox, { url }: App, io: Io): Promise<void> {
  let before: number;
  do {
    before = webhooks.attempts.length;
    await webhooks.settled();
    while ((await waiting(url)) > 0) await io.sleep(LOOK_MS);
    await webhooks.settled();
  } while (webhooks.attempts.length > before);
}

async function waiting(app: string): Promise<number> {
  const text = await (await fetch(`${app}/metrics`)).text();
  return Number(/^daytwo_inbox_waiting (\d+)$/m.exec(text)?.[1] ?? 0);
}
