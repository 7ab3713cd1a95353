/**
 * The story of the demo: two people start on the same Wednesday, one in Denver and one in London, the day
 * before Thanksgiving. Every check compares what the forge holds, not what daytwo says it did.
 */
import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { isStatus } from "../../engine/status.ts";
import { boxes, setBox } from "../../engine/text/markdown.ts";
import { formatInstant } from "../../engine/time/zones.ts";
import type { Instant } from "../../model.ts";
import type { Result } from "../../run/reconcile.ts";
import { count } from "../show.ts";
import { BOT, hireIssue, type LoggedRequest, type Stage } from "./stage.ts";

/** One thing that happened, and what daytwo made of it. */
export interface Scene {
  readonly at: Instant;
  /** In the zone of whoever acts: `Fri 27 Nov 2026 09:00 MST`. */
  readonly when: string;
  readonly what: string;
  readonly url: string | null;
  readonly results: readonly Result[];
  /** What daytwo has to say about it beside its changes. */
  readonly notes: readonly string[];
  /** Forge requests it took. */
  readonly requests: number;
}

export interface Check {
  readonly check: string;
  readonly expected: unknown;
  readonly found: unknown;
  readonly passed: boolean;
}

export interface Audience {
  scene(scene: Scene): void;
  progress(text: string): void;
}

const DENVER = "America/Denver";
const LONDON = "Europe/London";

/** @returns what was checked, in order */
export async function play(stage: Stage, audience: Audience): Promise<readonly Check[]> {
  return await new Story(stage, audience).play();
}

/** What the rest of the story is about is not there; a failed check says so. */
class CannotGoOn extends Error {}

class Story {
  readonly #stage: Stage;
  readonly #audience: Audience;
  readonly #checks: Check[] = [];

  constructor(stage: Stage, audience: Audience) {
    this.#stage = stage;
    this.#audience = audience;
  }

  async play(): Promise<readonly Check[]> {
    try {
      const ada = await this.#twoHires();
      const adasRequest = await this.#dayTwo(ada);
      await this.#work(adasRequest);
      await this.#complete(adasRequest);
      await this.#twice(adasRequest);
    } catch (error) {
      if (!(error instanceof CannotGoOn)) throw error;
    }
    return this.#checks;
  }

  /** @returns the number of Ada's onboarding issue */
  async #twoHires(): Promise<number> {
    const { projects } = this.#stage;
    const hr = this.#stage.by("hr");
    const hire = (name: string, role: string, country: string, zone: string) =>
      hr.open(projects.onboarding, hireIssue({ name, role, start: "2026-11-25", country, zone }));
    this.#stage.turnTo("2026-11-25", "09:00", DENVER);
    const ada = hire("Ada Lovelace", "Account Executive", "US-CO", DENVER);
    await this.#people(
      `hr opens the onboarding of Ada Lovelace, an Account Executive who starts today in Denver`,
      ada,
      DENVER,
    );
    const grace = hire("Grace Hopper", "Sales Development Representative", "GB", LONDON);
    await this.#people(`hr opens the onboarding of Grace Hopper, who starts today in London`, grace, LONDON);
    return ada;
  }

  async #dayTwo(ada: number): Promise<number> {
    const stage = this.#stage;
    stage.turnTo("2026-11-26", "08:59", LONDON);
    await this.#tick("a minute before Grace's second working day", LONDON);
    this.#check("Before working day two no request exists", [], this.#titles());

    stage.turnTo("2026-11-26", "09:00", LONDON);
    await this.#tick("Grace's second working day", LONDON);
    this.#check(
      "In London day two is Thursday: one request, Grace's",
      ["Access request: Grace Hopper, Sales Development Representative"],
      this.#titles(),
    );
    await this.#misspelt(this.#requestOf("Grace"));

    stage.turnTo("2026-11-27", "08:59", DENVER);
    await this.#tick("Thanksgiving has passed; a minute before Ada's second working day", DENVER);
    this.#check("In Denver Thursday is a holiday: nothing is opened on it", 1, this.#titles().length);

    stage.turnTo("2026-11-27", "09:00", DENVER);
    await this.#tick("Ada's second working day", DENVER);
    this.#check(
      "In Denver day two is Friday: Ada's request is there",
      ["Access request: Ada Lovelace, Account Executive"],
      this.#titles().slice(1),
    );
    const number = this.#requestOf("Ada");
    this.#opened(number, ada);

    stage.pass(1);
    const before = stage.sandbox.log.length;
    const again = await this.#tick("again, a minute later", DENVER);
    this.#check("A second tick has nothing to do", 0, again.outcomes.length);
    this.#check("… and sends no write", 0, writesSince(stage, before).length);
    return number;
  }

  #opened(number: number, hire: number): void {
    const { memory, projects, config } = this.#stage;
    const issue = memory.issue(projects.requests, number);
    const { states } = config.lifecycle;
    this.#check(
      "It bears the Action Needed, request and approval labels",
      [states.action_needed.label, config.requests.label, config.requests.approval.label].sort(),
      this.#labels(number),
    );
    this.#check("Nobody is assigned", [], this.#assignees(number));
    this.#check(
      "The DRIs are on its CC line",
      "CC @amber @meri",
      issue.body.split("\n").find((line) => line.startsWith("CC ")),
    );
    const open = boxes(issue.body).filter(({ done }) => !done).length;
    const systems = config.baselines.find(({ role }) => role === "Account Executive")?.systems ?? {};
    const steps = Object.keys(systems).map((id) => config.systems.get(id)?.tasks.length ?? 0);
    this.#check(
      "It has a box for every step of the baseline's systems",
      steps.reduce((sum, n) => sum + n, 0),
      open,
    );
    const onboarding = memory.project(projects.onboarding);
    const requests = memory.project(projects.requests);
    this.#check(
      "It links to the onboarding issue",
      true,
      issue.body.includes(`(${memory.issueUrl(onboarding, hire)})`),
    );
    const comments = memory.issue(projects.onboarding, hire).comments;
    this.#check(
      "… and one comment there links back",
      1,
      comments.filter(({ body }) => body.includes(`(${memory.issueUrl(requests, number)})`)).length,
    );
    const heard = memory.notified.filter(
      ({ issue: on, project }) => project === projects.requests && on === number,
    );
    this.#check(
      "It notifies the manager and the DRIs",
      ["amber", "hr", "meri"],
      heard.map(({ handle }) => handle).sort(),
    );
  }

  /** Grace's request, where a label is mistyped. */
  async #misspelt(number: number): Promise<void> {
    const { projects, config } = this.#stage;
    const { states } = config.lifecycle;
    this.#stage.pass(20);
    this.#stage.by("meri").label(projects.requests, number, "SaelsOpsAR::In Progress");
    await this.#on(number, 'meri mistypes a label: "SaelsOpsAR::In Progress"', LONDON);
    this.#check(
      "A misspelt label becomes the right one",
      [states.in_progress.label],
      this.#stateLabels(number, "SaelsOpsAR::In Progress"),
    );
    this.#check("… and whoever set it is assigned", ["meri"], this.#assignees(number));
  }

  /** Ada's request is taken, waits for a licence, and resists an outsider. */
  async #work(number: number): Promise<void> {
    const { projects, config } = this.#stage;
    const { states, hold_reasons } = config.lifecycle;
    const licence = hold_reasons.sfdc_license?.label ?? "";
    const ar = projects.requests;
    const act = async (minutes: number, who: "amber" | "mallory", does: string, deed: () => void) => {
      this.#stage.pass(minutes);
      deed();
      await this.#on(number, `${who}${does}`, DENVER);
    };

    await act(14, "amber", " assigns herself", () => this.#stage.by("amber").assign(ar, number));
    this.#check(
      "Whoever takes it moves it to In Progress",
      [states.in_progress.label],
      this.#stateLabels(number),
    );

    await act(25, "amber", ` adds "${licence}"`, () => this.#stage.by("amber").label(ar, number, licence));
    this.#check("A reason to wait puts it On Hold", [states.on_hold.label], this.#stateLabels(number));

    const { label } = states.completed;
    await act(40, "mallory", `, who is not of the team, sets "${label}"`, () =>
      this.#stage.by("mallory").label(ar, number, label),
    );
    this.#check("An outsider's move is put back", [states.on_hold.label], this.#stateLabels(number));
    this.#check(
      "… and the status comment names the legal moves",
      true,
      this.#statuses(number)[0]?.includes("Action Needed or In Progress") ?? false,
    );

    this.#stage.turnTo("2026-11-30", "10:00", DENVER);
    await act(0, "amber", ` has the licence and takes "${licence}" off`, () =>
      this.#stage.by("amber").unlabel(ar, number, licence),
    );
    this.#check(
      "Without the reason it is back In Progress",
      [states.in_progress.label],
      this.#stateLabels(number),
    );
  }

  async #complete(number: number): Promise<void> {
    const { memory, projects, config } = this.#stage;
    const { states } = config.lifecycle;
    const ar = projects.requests;
    const all = boxes(memory.issue(ar, number).body);
    this.#stage.pass(60);
    let body = memory.issue(ar, number).body;
    for (const box of all.slice(0, -1)) body = setBox(body, box, true);
    this.#stage.by("amber").edit(ar, number, { body });
    await this.#on(number, `amber ticks ${all.length - 1} of ${count(all.length, "box", "boxes")}`, DENVER);
    this.#check(
      "With a box open it stays In Progress",
      [states.in_progress.label],
      this.#stateLabels(number),
    );

    this.#stage.pass(5);
    this.#stage.by("amber").tick(ar, number, all.length - 1);
    await this.#on(number, "amber ticks the last box", DENVER);
    this.#check("The last box completes it", [states.completed.label], this.#stateLabels(number));
    this.#check("… and does not close it", "open", memory.issue(ar, number).state);
    this.#check("All of it took one status comment", 1, this.#statuses(number).length);
  }

  /** The same webhook again, forged, and as if it were a new one; then a last tick. */
  async #twice(number: number): Promise<void> {
    const { sandbox } = this.#stage;
    const last = sandbox.webhooks.attempts.findLast(
      ({ delivery }) => senderOf(delivery.payload) === "amber",
    )?.delivery;
    if (!last) throw new Error("The sandbox has sent no webhook of what amber did: the demo cannot go on");

    this.#stage.pass(1);
    let before = sandbox.log.length;
    const again = await sandbox.webhooks.send(last);
    await this.#on(number, "the forge sends the last webhook a second time", DENVER);
    this.#check("A webhook that comes twice is accepted", 202, again.status);
    this.#check("… and causes no forge request", 0, sandbox.log.length - before);

    before = sandbox.log.length;
    await sandbox.webhooks.send({ ...last, id: randomUUID() });
    const [looked] = await this.#on(number, "the same event comes under another id", DENVER);
    this.#check("Under another id it is looked at", true, looked !== undefined);
    this.#check("… and nothing is written", 0, writesSince(this.#stage, before).length);

    before = sandbox.log.length;
    const hook = { ...last.hook, secret: "guessed", signingToken: "whsec_Z3Vlc3NlZA==" };
    const forged = await sandbox.webhooks.send({ ...last, hook, id: randomUUID() });
    await this.#on(number, "somebody sends a webhook with a signature of their own", DENVER);
    this.#check("A forged webhook is refused", 401, forged.status);
    this.#check("… and causes no forge request", 0, sandbox.log.length - before);

    await this.#tick(
      "what else is due by the calendar: the board's summary, the month's close, a review",
      DENVER,
    );
    const { close, board } = this.#stage.config;
    const others = this.#titles((labels) => !labels.includes(this.#stage.config.requests.label));
    const once = (begin: string) => others.filter((title) => title.startsWith(begin)).length;
    if (board) this.#check("The board has one summary", 1, once(board.summary.issue));
    if (close)
      this.#check("The close of the month is open, once", 1, once("Sales Ops monthly close: 2026-11"));

    before = sandbox.log.length;
    await this.#tick("one more, to see that all is well", DENVER);
    this.#check("A last tick writes nothing", 0, writesSince(this.#stage, before).length);
    this.#check("No request broke the forge's manners (label sets, unpaged lists)", [], sandbox.violations);
  }

  /** Somebody did something to a hire's issue; the webhook is on its way. */
  #people(what: string, hire: number, zone: string): Promise<readonly Result[]> {
    const { memory, projects } = this.#stage;
    const url = memory.issueUrl(memory.project(projects.onboarding), hire);
    return this.#scene(
      what,
      url,
      zone,
      () => this.#stage.quiet(),
      () => this.#stage.explain({ project: "onboarding", number: hire }),
    );
  }

  #on(number: number, what: string, zone: string): Promise<readonly Result[]> {
    const { memory, projects } = this.#stage;
    const url = memory.issueUrl(memory.project(projects.requests), number);
    return this.#scene(what, url, zone, () => this.#stage.quiet());
  }

  async #tick(why: string, zone: string): Promise<Result> {
    const [result] = await this.#scene(`tick: ${why}`, null, zone, async () => {
      const done = await this.#stage.tick();
      await this.#stage.quiet();
      return [done];
    });
    return result as Result;
  }

  async #scene(
    what: string,
    url: string | null,
    zone: string,
    work: () => Promise<readonly Result[]>,
    explain: () => Promise<readonly string[]> = async () => [],
  ): Promise<readonly Result[]> {
    this.#audience.progress(what);
    const before = this.#stage.requests().length;
    const results = await work();
    const requests = this.#stage.requests().length - before;
    const at = this.#stage.now();
    const notes = await explain();
    this.#audience.scene({ at, when: formatInstant(at, zone), what, url, results, notes, requests });
    const fatal = results.find((result) => result.fatal)?.fatal;
    if (fatal) throw fatal;
    return results;
  }

  #check(check: string, expected: unknown, found: unknown): void {
    this.#checks.push({ check, expected, found, passed: isDeepStrictEqual(expected, found) });
  }

  /** Of access requests, unless others are asked for by their labels. */
  #titles(of = (labels: readonly string[]) => labels.includes(this.#stage.config.requests.label)): string[] {
    const { memory, projects } = this.#stage;
    const issues = [...memory.project(projects.requests).issues.values()];
    return issues.filter(({ labels }) => of(labels.map(({ name }) => name))).map(({ title }) => title);
  }

  #requestOf(name: string): number {
    const { memory, projects } = this.#stage;
    const issues = [...memory.project(projects.requests).issues.values()];
    const found = issues.find(({ title }) => title.includes(name));
    if (!found) {
      this.#check(`There is an access request for ${name}`, true, false);
      throw new CannotGoOn();
    }
    return found.number;
  }

  #labels(number: number): string[] {
    const { memory, projects } = this.#stage;
    return memory
      .issue(projects.requests, number)
      .labels.map(({ name }) => name)
      .sort();
  }

  /** The state labels it bears, and any other that is asked about. */
  #stateLabels(number: number, ...others: string[]): string[] {
    const states = Object.values(this.#stage.config.lifecycle.states).map(({ label }) => label);
    return this.#labels(number).filter((label) => states.includes(label) || others.includes(label));
  }

  #assignees(number: number): string[] {
    const { memory, projects } = this.#stage;
    return memory.issue(projects.requests, number).assignees.map(({ handle }) => handle);
  }

  /** Bodies of daytwo's status comments. */
  #statuses(number: number): string[] {
    const { memory, projects } = this.#stage;
    return memory
      .issue(projects.requests, number)
      .comments.filter(({ author, body }) => author.handle === BOT && isStatus(body))
      .map(({ body }) => body);
  }
}

/** Whose doing a payload tells of, on either forge. */
function senderOf(payload: string): string | undefined {
  const { sender, user } = JSON.parse(payload);
  return sender?.login ?? user?.username;
}

/** GraphQL asks by POST. */
const writesSince = (stage: Stage, from: number): LoggedRequest[] =>
  stage.sandbox.log.slice(from).filter(({ method, path }) => method !== "GET" && path !== "/graphql");
