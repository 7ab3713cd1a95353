/**
 * The sandbox's issues in a browser: pages at the addresses the forge prints, on which one can act as any of a
 * few people, by the same rules as over the API. They load nothing from elsewhere, and only they themselves
 * can make them act: another site's form or script, or another name for this address, is refused.
 */
import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Markup } from "../../engine/text/html.ts";
import { type MemoryForge, Refusal } from "../../forge/memory/index.ts";
import type { Happening, Project, StoredIssue } from "../../forge/memory/state.ts";
import { taskItems } from "../../forge/memory/text.ts";
import {
  fingerprint,
  indexPage,
  issuePage,
  messagePage,
  newIssuePage,
  type PagesOptions,
  type View,
} from "./views.ts";

export type { PagesOptions } from "./views.ts";

export interface Asked {
  readonly method: string;
  readonly target: URL;
  readonly headers: IncomingHttpHeaders;
  /** A form, as read. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface PageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Pages {
  /** @returns null where no page is at that address */
  answer(asked: Asked): Promise<PageAnswer | null>;
  close(): void;
}

const COOKIE = "daytwo-you";
/** How much of what happened is kept to be shown. */
const NEWS = 200;

/** @param options.people who may be acted as; all of them have accounts */
export function openPages(memory: MemoryForge, options: PagesOptions): Pages {
  const news: Happening[] = [];
  let version = 0;
  const run = randomBytes(4).toString("hex");
  const stop = memory.listen((happening) => {
    version += 1;
    news.push(happening);
    if (news.length > NEWS) news.shift();
  });

  async function answer(asked: Asked): Promise<PageAnswer | null> {
    const found = placeOf(memory, asked.target.pathname);
    if (!found) return null;
    const foreign = whyForeign(asked);
    if (foreign !== null) return plain(403, foreign);
    const posted = asked.method === "POST";
    if (!posted && asked.method !== "GET") return plain(405, "GET and POST only");
    const view = viewOf(asked);

    if (found.at === "version") return posted ? plain(405, "GET only") : plain(200, view.version);
    if (found.at === "you" && posted) {
      const who = text(asked.body.you);
      if (!options.people.includes(who))
        return plain(422, `you: expected one of ${options.people.join(", ")}`);
      return seeOther(back(asked), { "set-cookie": `${COOKIE}=${who}; Path=/; HttpOnly; SameSite=Strict` });
    }
    if (found.at === "clock" && posted) {
      const move = options.moves[Number(asked.body.move)];
      if (!move) return plain(422, `move: expected a number from 0 to ${options.moves.length - 1}`);
      version += 1;
      await move.move();
      return seeOther(back(asked));
    }
    if (found.at === "issue") return issue(asked, view, found);
    if (found.at === "issues" && posted) return open(asked, view, found.project);
    if (found.at === "new" && !posted) {
      const form = options.forms()[Number(asked.target.searchParams.get("form"))];
      if (form?.project === found.project.name)
        return shown(200, view, newIssuePage(view, found.project, form));
    }
    if (found.at === "index" && !posted) return shown(200, view, indexPage(view));
    return seeOther("/");
  }

  function issue(
    asked: Asked,
    view: View,
    { project, number }: { project: Project; number: number },
  ): PageAnswer {
    const found = project.issues.get(number);
    if (!found) return shown(404, view, messagePage(view, `There is no ${project.name}#${number}`));
    if (asked.method === "GET") return shown(200, view, issuePage(view, project, found));
    try {
      act(memory, view.you, project, found, asked.body);
      return seeOther(asked.target.pathname);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const now = { ...view, trouble: refused(view, error) };
      return shown(error.status, view, issuePage(now, project, found));
    }
  }

  function open(asked: Asked, view: View, project: Project): PageAnswer {
    const title = text(asked.body.title);
    const body = writing(asked.body.body);
    const labels = text(asked.body.labels)
      .split(",")
      .map((name) => name.trim());
    const named = labels.filter((name) => name !== "");
    try {
      const number = memory.by(view.you).open(project.name, { title, body, labels: named });
      return seeOther(memory.issueUrl(project, number).slice(memory.web.length));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const typed = { name: "A new issue", project: project.name, title, body, labels: named };
      const now = { ...view, trouble: refused(view, error) };
      return shown(error.status, view, newIssuePage(now, project, typed));
    }
  }

  function viewOf({ headers, target }: Asked): View {
    const asked = new RegExp(`(?:^|;\\s*)${COOKIE}=([\\w.-]+)`).exec(headers.cookie ?? "")?.[1] ?? "";
    return {
      memory,
      options,
      you: options.people.includes(asked) ? asked : (options.people[0] ?? ""),
      version: `${run}-${version}`,
      nonce: randomBytes(16).toString("base64"),
      here: `${target.pathname}${target.search}`,
      trouble: null,
      news,
    };
  }

  return { answer, close: stop };
}

type Place =
  | { readonly at: "index" | "version" | "you" | "clock" }
  | { readonly at: "issues" | "new"; readonly project: Project }
  | { readonly at: "issue"; readonly project: Project; readonly number: number };

const OWN = {
  "/": "index",
  "/sandbox/version": "version",
  "/sandbox/you": "you",
  "/sandbox/clock": "clock",
} as const;

/** Paths of the API look alike (`/repos/acme/people/issues`), but name no project of that full name. */
function placeOf(memory: MemoryForge, path: string): Place | null {
  if (path in OWN) return { at: OWN[path as keyof typeof OWN] };
  const [, name = "", last] = /^\/(.+?)(?:\/-)?\/issues(?:\/(new|\d+))?$/.exec(path) ?? [];
  const project = memory.findProject(name);
  if (!project) return null;
  if (last === undefined) return { at: "issues", project };
  return last === "new" ? { at: "new", project } : { at: "issue", project, number: Number(last) };
}

/**
 * Who acts here must have come from here. A name that somebody else's server gave for this address is not here, and
 * browsers put an `Origin` on every form they post.
 */
function whyForeign({ method, target, headers }: Asked): string | null {
  const host = headers.host ?? "";
  if (host !== target.host && host !== `localhost:${target.port}`) {
    return `This is ${target.origin}: open it under that address`;
  }
  if (method !== "POST") return null;
  const site = headers["sec-fetch-site"];
  const here = headers.origin === `http://${host}` && (site === undefined || site === "same-origin");
  return here ? null : "Only the sandbox's own pages may do that";
}

/** One act, as the button or field that was sent says. @throws Refusal */
function act(
  memory: MemoryForge,
  you: string,
  { name: project }: Project,
  { number, body, title, assignees }: StoredIssue,
  sent: Asked["body"],
): void {
  const person = memory.by(you);
  const current = () => {
    if (text(sent.seen) !== fingerprint(body)) {
      throw new Refusal(409, "Its text has changed meanwhile, and nothing was done: here it is as it stands");
    }
  };
  const box = (value: unknown, done: boolean) => {
    current();
    const index = Number(value);
    if (taskItems(body)[index]?.done !== !done) throw new Refusal(422, `There is no such box: ${index}`);
    if (done) person.tick(project, number, index);
    else person.untick(project, number, index);
  };
  if ("tick" in sent) box(sent.tick, true);
  else if ("untick" in sent) box(sent.untick, false);
  else if ("edit" in sent) {
    current();
    const edited = writing(sent.body);
    const named = text(sent.title);
    person.edit(project, number, {
      ...(edited === writing(body) ? {} : { body: edited }),
      ...(named === title ? {} : { title: named }),
    });
  } else if ("comment" in sent) person.comment(project, number, writing(sent.text));
  else if ("label" in sent) person.label(project, number, text(sent.label));
  else if ("unlabel" in sent) person.unlabel(project, number, text(sent.unlabel));
  else if ("assign" in sent) {
    person.assign(project, number);
    // GitHub leaves out who cannot be assigned, and says nothing.
    if (assignees.length === memory.issue(project, number).assignees.length) {
      throw new Refusal(422, "this account cannot be assigned here");
    }
  } else if ("unassign" in sent) person.unassign(project, number);
  else if ("close" in sent) {
    person.close(project, number, sent.close === "not_planned" ? "not_planned" : "completed");
  } else if ("reopen" in sent) person.reopen(project, number);
  else throw new Refusal(400, "Nothing to do was named");
}

const text = (value: unknown): string => (typeof value === "string" ? value.trim() : "");

/** Browsers send line breaks as `\r\n`, whatever stood there before. */
const writing = (value: unknown): string => (typeof value === "string" ? value.replaceAll("\r\n", "\n") : "");

const refused = ({ you, memory }: View, { message, status }: Refusal): string =>
  status === 409
    ? message
    : `${memory.kind === "github" ? "GitHub" : "GitLab"} refuses that to @${you}: ${message}`;

/** Only paths of these pages. */
function back({ body }: Asked): string {
  const here = text(body.here);
  return /^\/(?![/\\])[\w/.?=&-]*$/.test(here) ? here : "/";
}

const COMMON = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
};

function shown(status: number, { nonce }: View, page: Markup): PageAnswer {
  const policy = [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    `script-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  const headers = {
    ...COMMON,
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policy.join("; "),
  };
  return { status, headers, body: page.text };
}

const plain = (status: number, body: string): PageAnswer => ({
  status,
  headers: { ...COMMON, "content-type": "text/plain; charset=utf-8" },
  body,
});

const seeOther = (location: string, headers: Readonly<Record<string, string>> = {}): PageAnswer => ({
  status: 303,
  headers: { ...COMMON, ...headers, location },
  body: "",
});
