/**
 * Does exactly what a plan says and reports what really happened. The only place that holds a Writer.
 *
 * The changes of one issue are made in order and stop at the first that fails. Different issues do not wait
 * for each other, but for what they are about.
 */
import { configuredLabels } from "../engine/config/configured-labels.ts";
import { requestLink } from "../engine/links.ts";
import { fillSlot, findMarkers } from "../engine/text/safe.ts";
import { DAY_MS } from "../engine/time/days.ts";
import { type Forge, ForgeError, type Label, type Writer, type Written } from "../forge/forge.ts";
import type { Change, Issue, IssueRef, Outcome, Plan, ProjectRole, SafeText } from "../model.ts";
import { ROLES, type Team } from "./team.ts";

export interface Applied {
  /** One to a change, in order. */
  readonly outcomes: readonly Outcome[];
  /** Issues that had changed since they were read; nothing was written to them. */
  readonly stale: readonly IssueRef[];
  /** A refused token or a forge out of reach: nothing after it was tried. */
  readonly fatal: ForgeError | null;
}

export interface ApplyOptions {
  /**
   * What is compared with the versions in the plan before anything is written:
   * `all` – every issue first, and one that differs stops everything (a plan from a file);
   * `each` – an issue just before its own changes (a plan made from lists a moment ago);
   * `nothing` – the plan was made from the issue itself, just now.
   */
  readonly check: "all" | "each" | "nothing";
  /** Told of progress. */
  readonly say?: (text: string) => void;
}

/** Issues written to at the same time. GitHub advises few; one by one would wait for every answer. */
const AT_ONCE = 4;

const SKIPPED = (issue: number | null, error: string): Outcome => ({
  status: "skipped",
  issue,
  url: null,
  error,
});

export async function apply(team: Team, plan: Plan, options: ApplyOptions): Promise<Applied> {
  const outcomes: Outcome[] = plan.changes.map(({ issue }) => SKIPPED(issue, "not reached"));
  const report = { outcomes, stale: [] as IssueRef[], fatal: null as ForgeError | null };
  if (plan.changes.length === 0) return report;
  try {
    if (options.check === "all") {
      report.stale.push(...(await staleIn(team, plan)));
      if (report.stale.length > 0) {
        const names = report.stale.map(({ project, number }) => `${nameOf(team, project)}#${number}`);
        const why = `nothing was written: ${names.join(", ")} changed since the plan was made; plan again`;
        outcomes.forEach(({ issue }, i) => {
          outcomes[i] = SKIPPED(issue, why);
        });
        return report;
      }
    }
    const missing = await missingLabels(team, plan);
    const run = new Run(team, plan, options, report, missing);
    const groups = groupsOf(plan.changes);
    const workers = Array.from({ length: AT_ONCE }, async () => {
      for (let group = groups.shift(); group; group = groups.shift()) await run.group(group);
    });
    await Promise.all(workers);
  } catch (error) {
    // Reads that prepare writing failed: nothing has been written.
    if (!(error instanceof ForgeError)) throw error;
    report.fatal ??= error;
  }
  return report;
}

const CHANGED = "it has changed since the plan was made: plan again";

/** Indices of changes that belong together: one issue's, led by the issues they are about if those are to be created. */
function groupsOf(changes: readonly Change[]): number[][] {
  const groups = new Map<string, number[]>();
  const about = new Map<string, string>();
  for (const change of changes) {
    const keys = aboutOf(change);
    for (const place of [where(change), ...keys.map((key) => `new ${key}`)]) {
      if (keys[0] !== undefined) about.set(place, `new ${keys[0]}`);
    }
  }
  changes.forEach((change, i) => {
    const place = where(change);
    const name = about.get(place) ?? place;
    groups.set(name, [...(groups.get(name) ?? []), i]);
  });
  return [...groups.values()];
}

const where = (change: Change): string =>
  change.kind === "create-issue" ? `new ${change.key}` : `${change.project}#${change.issue}`;

/** Keys of the issues that a change waits for. */
function aboutOf(change: Change): readonly string[] {
  return "about" in change ? (change.about ?? []) : [];
}

const nameOf = (team: Team, role: ProjectRole): string => team.forges[role]?.reader.project ?? role;

/** Every issue of the plan that is not what it was, and every key under which something stands by now. */
async function staleIn(team: Team, plan: Plan): Promise<IssueRef[]> {
  const known = Object.entries(plan.versions).map(([key, version]) => {
    const [project, number] = key.split("#") as [ProjectRole, string];
    return { ref: { project, number: Number(number) }, version };
  });
  const checked = await Promise.all(
    known.map(async ({ ref, version }) => {
      const now = await team.forges[ref.project]?.reader.issue(ref.number);
      return now?.version === version ? null : ref;
    }),
  );
  const stale = checked.filter((ref) => ref !== null);
  const keys = new Set(
    plan.changes.flatMap((change) => (change.kind === "create-issue" ? [change.key] : [])),
  );
  const { requests } = team.forges;
  if (stale.length === 0 && keys.size > 0 && requests) {
    const [self, open] = await Promise.all([
      requests.reader.self(),
      requests.reader.issues({ state: "open" }),
    ]);
    // As for planning, markers count only in text of daytwo's own.
    const own = new Set([self, ...team.config.trusted].map((handle) => handle.toLowerCase()));
    const taken = open.find(
      ({ author, body }) => own.has(author.toLowerCase()) && findMarkers(body).some((key) => keys.has(key)),
    );
    if (taken) stale.push({ project: "requests", number: taken.number });
  }
  return stale;
}

/** Labels that were there are not looked for again for so long. */
const LABELS_MS = DAY_MS;
/** A project that lacks more of its labels than this has not been set up yet. */
const ASTRAY = 2;

/**
 * Labels a plan puts on that a project does not have. Forges would make them up, grey and unexplained. In a
 * project that is still to be set up daytwo makes those it uses, as configured; where only a label or two are
 * gone, somebody has renamed or deleted them, and a second one of the old name would split the board.
 */
async function missingLabels(
  team: Team,
  plan: Plan,
): Promise<Record<ProjectRole, ReadonlyMap<string, string>>> {
  const missing = { requests: new Map<string, string>(), onboarding: new Map<string, string>() };
  const configured = configuredLabels(team.config);
  await Promise.all(
    ROLES.map(async (role) => {
      const wanted = new Set(plan.changes.filter((change) => change.project === role).flatMap(labelsOf));
      const forge = team.forges[role];
      if (wanted.size === 0 || !forge) return;
      const note = `labels ${team.accounts[role]} ${forge.reader.project}`;
      const known: string[] = JSON.parse(team.memory.recall(note, LABELS_MS) ?? "[]");
      if ([...wanted].every((name) => known.includes(name))) return;
      const have = await labelsOrNone(forge);
      const lacks = (name: string) => !have.some((label) => forge.sameLabel(label.name, name));
      const there = [...configured.map(({ name }) => name), ...wanted].filter((name) => !lacks(name));
      team.memory.note(note, JSON.stringify(there));
      const lacking = [...wanted].filter(lacks);
      if (lacking.length === 0) return;
      const { project } = forge.reader;
      const setUp = configured.filter(({ name }) => lacks(name)).length <= ASTRAY;
      for (const name of lacking) {
        const error = setUp
          ? ""
          : await createLabel(forge, configured.find((one) => one.name === name) ?? plain(name));
        if (error === null) continue;
        missing[role].set(
          name,
          `the label "${name}" does not exist in ${project}${error}: make it with daytwo labels sync, or correct its name in the configuration`,
        );
      }
    }),
  );
  return missing;
}

/** A server that cannot list labels leaves them to their first use. */
async function labelsOrNone({ reader }: Forge): Promise<readonly Label[]> {
  try {
    return await reader.labels();
  } catch (error) {
    if (error instanceof ForgeError && (error.kind === "not-found" || error.kind === "invalid")) return [];
    throw error;
  }
}

const plain = (name: string): Label => ({ name, color: "#777777", description: "" });

/** @returns null when it is there now or comes with its first use, else why it could not be made */
async function createLabel(forge: Forge, label: Label): Promise<string | null> {
  try {
    await forge.writer.createLabel(label);
    return null;
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    if (error.kind === "not-found" || error.kind === "invalid") return null;
    if (error.kind === "forbidden") return ` and may not be created (${error.message})`;
    throw error;
  }
}

function labelsOf(change: Change): readonly string[] {
  if (change.kind === "add-label") return [change.label];
  return change.kind === "create-issue" ? change.labels : [];
}

class Run {
  readonly #team: Team;
  readonly #plan: Plan;
  readonly #options: ApplyOptions;
  readonly #report: { outcomes: Outcome[]; stale: IssueRef[]; fatal: ForgeError | null };
  readonly #missing: Record<ProjectRole, ReadonlyMap<string, string>>;
  readonly #created = new Map<string, Issue>();
  #written = 0;
  /** Projects in which something was written, and in how many groups something was refused. */
  readonly #allowed = new Set<ProjectRole>();
  readonly #refused = { requests: 0, onboarding: 0 };

  constructor(
    team: Team,
    plan: Plan,
    options: ApplyOptions,
    report: { outcomes: Outcome[]; stale: IssueRef[]; fatal: ForgeError | null },
    missing: Record<ProjectRole, ReadonlyMap<string, string>>,
  ) {
    this.#team = team;
    this.#plan = plan;
    this.#options = options;
    this.#report = report;
    this.#missing = missing;
  }

  async group(indices: readonly number[]): Promise<void> {
    const { outcomes } = this.#report;
    const changes = indices.map((i) => this.#plan.changes[i] as Change);
    let stop = this.#lacking(changes);
    if (!stop && (await this.#isStale(changes))) stop = { status: "skipped", error: CHANGED };
    for (const i of indices) {
      const change = this.#plan.changes[i] as Change;
      if (this.#report.fatal) return;
      if (stop) {
        outcomes[i] = { status: stop.status, issue: change.issue, url: null, error: stop.error };
        if (stop.status === "failed") stop = { status: "skipped", error: stop.error };
        continue;
      }
      try {
        this.#options.say?.(`writing ${++this.#written} of ${outcomes.length}: ${change.kind}`);
        outcomes[i] = await this.#write(change);
        this.#allowed.add(change.project);
      } catch (error) {
        if (!(error instanceof ForgeError)) throw error;
        // Nobody waits for a reaction to a comment that is gone: the answer stands in the status comment.
        const moot = change.kind === "react" && error.kind === "not-found";
        outcomes[i] = {
          status: moot ? "unchanged" : "failed",
          issue: change.issue,
          url: null,
          error: error.message,
        };
        // A comment that is gone or locked takes no reaction, and nothing rests on one.
        if (change.kind === "react" && TAKES_NONE.includes(error.kind)) continue;
        stop = { status: "skipped", error: "an earlier change of this issue failed" };
        if (this.#ends(error, change.project)) this.#report.fatal = error;
      }
    }
  }

  /** One issue that may not be touched is that issue's own matter; two, and none that may, are the token's. */
  #ends({ kind }: ForgeError, project: ProjectRole): boolean {
    if (kind !== "forbidden") return ENDS.includes(kind);
    this.#refused[project] += 1;
    return this.#refused[project] > 1 && !this.#allowed.has(project);
  }

  /** A label that is not there stops the whole group before anything of it is written. */
  #lacking(changes: readonly Change[]): { status: Outcome["status"]; error: string } | null {
    for (const change of changes) {
      for (const label of labelsOf(change)) {
        const error = this.#missing[change.project].get(label);
        if (error) return { status: "failed", error };
      }
    }
    return null;
  }

  /** Comments may come late; labels, assignees and states may not undo what somebody just did. */
  async #isStale(changes: readonly Change[]): Promise<boolean> {
    if (this.#options.check !== "each") return false;
    const guarded = changes.find((change) => change.issue !== null && !BESIDE.includes(change.kind));
    if (!guarded || guarded.issue === null) return false;
    const ref = { project: guarded.project, number: guarded.issue };
    const version = this.#plan.versions[`${ref.project}#${ref.number}`];
    try {
      const now = await this.#forge(ref.project).reader.issue(ref.number);
      if (now?.version === version) return false;
    } catch (error) {
      if (!(error instanceof ForgeError)) throw error;
      this.#report.fatal ??= error;
    }
    this.#report.stale.push(ref);
    return true;
  }

  #forge(role: ProjectRole): Forge {
    const forge = this.#team.forges[role];
    if (!forge) throw new ForgeError("not-found", `projects.${role} is not configured`);
    return forge;
  }

  async #write(change: Change): Promise<Outcome> {
    const { writer } = this.#forge(change.project);
    if (change.kind === "create-issue") {
      const { confidential } = this.#team.config.requests;
      const issue = await writer.createIssue({ ...change, ...(confidential ? { confidential } : {}) });
      this.#created.set(change.key, issue);
      if (change.pin) await pinned(writer, issue.number);
      return { status: "applied", issue: issue.number, url: issue.url, error: null };
    }
    const { issue } = change;
    const outcome = (status: Outcome["status"], url: string | null): Outcome => ({
      status,
      issue,
      url,
      error: null,
    });
    switch (change.kind) {
      case "comment":
        return outcome(
          "applied",
          (await writer.comment(issue, { key: change.key, body: this.#fill(change.body, change) })).url,
        );
      case "edit-comment": {
        const { status, url } = await writer.editComment(
          issue,
          change.comment,
          this.#fill(change.body, change),
        );
        return outcome(status, url);
      }
      default: {
        const { status, url } = await this.#edit(change);
        return outcome(status, url);
      }
    }
  }

  #edit(change: Exclude<Change, { kind: "create-issue" | "comment" | "edit-comment" }>): Promise<Written> {
    const { writer } = this.#forge(change.project);
    const { issue } = change;
    switch (change.kind) {
      case "add-label":
        return writer.addLabel(issue, change.label);
      case "remove-label":
        return writer.removeLabel(issue, change.label);
      case "assign":
        return writer.assign(issue, change.assignee);
      case "unassign":
        return writer.unassign(issue, change.assignee);
      case "edit-issue":
        return writer.editIssue(
          issue,
          change.body ? { ...change, body: this.#fill(change.body, change) } : change,
        );
      case "close-issue":
        return writer.close(issue, change.closeReason);
      case "reopen-issue":
        return writer.reopen(issue);
      case "pin-issue":
        return writer.pin(issue);
      case "react":
        return writer.react(issue, change.comment, change.reaction);
      case "link-issues": {
        const project = this.#forge(change.other.project).reader.project;
        return writer.link(issue, { project, number: change.other.number });
      }
    }
  }

  /** Puts the references of just created issues where the plan left room for them. */
  #fill(body: SafeText, change: Change): SafeText {
    return aboutOf(change).reduce<SafeText>((text, key) => {
      const issue = this.#created.get(key);
      if (!issue) throw new ForgeError("invalid", `the issue this is about (${key}) was not created`);
      return fillSlot(text, key, requestLink(this.#forge("requests").reader.project, issue));
    }, body);
  }
}

/** Pinned where possible: a repository pins three issues at most, and not every token may. */
async function pinned(writer: Writer, issue: number): Promise<void> {
  try {
    await writer.pin(issue);
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
  }
}

const BESIDE: readonly Change["kind"][] = ["comment", "edit-comment", "react", "link-issues", "pin-issue"];
/** How a forge says that this comment takes no reaction. */
const TAKES_NONE: readonly ForgeError["kind"][] = ["forbidden", "not-found", "invalid"];
/** After these nothing else would go better. */
const ENDS: readonly ForgeError["kind"][] = ["unreachable", "unauthorized", "rate-limited"];
