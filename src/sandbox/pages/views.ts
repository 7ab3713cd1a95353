/** What the pages show. Everything a person typed goes through `html`, which escapes it. */
import { createHash } from "node:crypto";
import { html, Markup } from "../../engine/text/html.ts";
import type { MemoryForge } from "../../forge/memory/index.ts";
import type {
  Happening,
  Project,
  StoredComment,
  StoredEvent,
  StoredIssue,
} from "../../forge/memory/state.ts";
import type { Instant } from "../../model.ts";
import { SCRIPT, STYLE } from "./look.ts";
import { textMarkup } from "./text.ts";

/** A new issue that is filled in already. */
export interface IssueForm {
  readonly name: string;
  readonly project: string;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
}

export interface PagesOptions {
  readonly heading: string;
  /** What to try, a line each. */
  readonly hints: readonly string[];
  /** Handles one may act as; the first until told. */
  readonly people: readonly string[];
  readonly forms: () => readonly IssueForm[];
  /** For people. */
  when(at: Instant): string;
  /** What moves the clock; resolves when what then was due is under way. */
  readonly moves: readonly { readonly name: string; move(): Promise<void> }[];
}

export interface View {
  readonly memory: MemoryForge;
  readonly options: PagesOptions;
  readonly you: string;
  /** Changes whenever anything does. */
  readonly version: string;
  /** Of the page's own script. */
  readonly nonce: string;
  /** Path of this page, with its query. */
  readonly here: string;
  /** What just went wrong. */
  readonly trouble: string | null;
  /** Newest last. */
  readonly news: readonly Happening[];
}

export const newIssuePath = ({ kind }: MemoryForge, { project }: IssueForm, index: number): string =>
  `/${project}${kind === "github" ? "" : "/-"}/issues/new?form=${index}`;

const pathOf = (memory: MemoryForge, project: Project, number: number): string =>
  memory.issueUrl(project, number).slice(memory.web.length);

/** Tells whether a text is still what somebody saw. */
export const fingerprint = (text: string): string =>
  createHash("sha256").update(text).digest("hex").slice(0, 16);

export function indexPage(view: View): Markup {
  const { memory, options, news } = view;
  const forms = options
    .forms()
    .map((form, i) => html`<a class="button" href="${newIssuePath(memory, form, i)}">${form.name}</a> `);
  const latest = news
    .slice(-25)
    .reverse()
    .map((happening) => newsItem(view, happening));
  return page(
    view,
    options.heading,
    html`<ul class="hints">${options.hints.map((hint) => html`<li>${hint}</li>`)}</ul>
<p>${forms}</p>
${[...memory.projects.values()].map((project) => projectTable(view, project))}
<h2>What happened</h2>
<ul class="news">${latest}</ul>`,
  );
}

function projectTable({ memory }: View, project: Project): Markup {
  const rows = [...project.issues.values()].reverse().map(
    (issue) => html`<tr class="${issue.state}">
<td>#${issue.number}</td>
<td><a href="${pathOf(memory, project, issue.number)}">${issue.title}</a>${issue.state === "closed" && " (closed)"}</td>
<td>${issue.labels.map(chip)}</td>
<td>${issue.assignees.map(({ handle }) => `@${handle}`).join(" ")}</td>
</tr>
`,
  );
  return html`<h2>${project.name}</h2>
<table><thead><tr><th></th><th>Issue</th><th>Labels</th><th>Assigned</th></tr></thead><tbody>
${rows}</tbody></table>`;
}

/** One issue, with all one can do to it. */
export function issuePage(view: View, project: Project, issue: StoredIssue): Markup {
  const { memory, you, options } = view;
  const mine = issue.assignees.some(({ handle }) => handle === you);
  const free = project.labels.filter(({ id }) => !issue.labels.some((label) => label.id === id));
  const seen = html`<input type="hidden" name="seen" value="${fingerprint(issue.body)}">`;
  const course = [...issue.events.map(eventEntry), ...issue.comments.map((one) => commentEntry(view, one))]
    .sort((a, b) => a.id - b.id)
    .map(({ id: _, at, by, bot, what, below }) => {
      const who = html`<b>@${by}</b>`;
      return html`<li class="${bot ? "bot" : ""}">${who} ${what} <time>${options.when(at)}</time>${below}</li>
`;
    });
  const post = html`method="post" action="${pathOf(memory, project, issue.number)}"`;
  const closed = issue.state === "closed";
  return page(
    view,
    `${issue.title} #${issue.number}`,
    html`<p><b class="state ${issue.state}">${issue.state}</b> opened by @${issue.author.handle} <time>${options.when(issue.createdAt)}</time></p>
<div class="columns"><div>
<form id="boxes" ${post}>${seen}</form>
<article>${textMarkup(issue.body, "boxes")}
<details><summary>Edit the text</summary><form ${post}>${seen}
<input name="title" value="${issue.title}" aria-label="Title">
<textarea name="body" rows="20" aria-label="Text">\n${issue.body}</textarea><button name="edit" value="1">Save</button></form></details>
</article>
<ul class="course">${course}</ul>
<form ${post}><textarea name="text" rows="3" placeholder="Comment, or a command such as /ar help" aria-label="Comment" required></textarea>
<button name="comment" value="1">Comment as @${you}</button></form>
</div><aside>
<h3>Labels</h3>
<form ${post}>${issue.labels.map(
      (label) =>
        html`<p>${chip(label)} <button class="small" name="unlabel" value="${label.name}" aria-label="Remove ${label.name}">✕</button></p>`,
    )}</form>
<form ${post}><input name="label" list="labels" placeholder="Add a label" aria-label="Label" required><datalist id="labels">${free.map(
      ({ name }) => html`<option value="${name}"></option>`,
    )}</datalist> <button>Add</button></form>
<h3>Assigned</h3>
<p>${issue.assignees.length === 0 ? "nobody" : issue.assignees.map(({ handle }) => `@${handle}`).join(" ")}</p>
<form ${post}><button name="${mine ? "unassign" : "assign"}" value="1">${mine ? "Unassign" : "Assign"} @${you}</button></form>
<h3>State</h3>
<form ${post}>${
      closed
        ? html`<button name="reopen" value="1">Reopen</button>`
        : html`<button name="close" value="completed">Close</button>${
            memory.kind === "github" &&
            html` <button name="close" value="not_planned">Close as not planned</button>`
          }`
    }</form>
</aside></div>`,
  );
}

export function newIssuePage(view: View, project: Project, form: IssueForm): Markup {
  const action = newIssuePath(view.memory, form, 0).replace(/\/new\?.*$/, "");
  return page(
    view,
    `${form.name} in ${project.name}`,
    html`<form method="post" action="${action}">
<input name="title" value="${form.title}" aria-label="Title" required>
<input name="labels" value="${form.labels.join(", ")}" aria-label="Labels, with commas between them">
<textarea name="body" rows="30" aria-label="Text">\n${form.body}</textarea>
<button>Open as @${view.you}</button></form>`,
  );
}

export function messagePage(view: View, heading: string): Markup {
  return page(view, heading, html`<p><a href="/">All issues</a></p>`);
}

function page(view: View, heading: string, content: Markup): Markup {
  const { memory, options, you, version, nonce, here, trouble } = view;
  const back = html`<input type="hidden" name="here" value="${here}">`;
  const people = options.people.map(
    (who) => html`<button name="you" value="${who}" aria-pressed="${String(who === you)}">@${who}</button>`,
  );
  const moves = options.moves.map(({ name }, i) => html`<button name="move" value="${i}">${name}</button>`);
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${heading}</title><style>${new Markup(STYLE)}</style></head>
<body data-version="${version}"><header>
<a href="/"><b>daytwo</b></a>
<form method="post" action="/sandbox/you">${back}You are ${people}</form>
<form method="post" action="/sandbox/clock">${back}<time>${options.when(memory.now())}</time> ${moves}</form>
</header><main>
<h1>${heading}</h1>
${trouble !== null && html`<p class="trouble" role="alert">${trouble}</p>`}
<p id="changed" role="status" hidden>Something changed here. <a href="${here}">Load it</a> (what you typed is lost).</p>
${content}
</main><script nonce="${nonce}">${new Markup(SCRIPT)}</script></body></html>
`;
}

function chip({ name, color }: { readonly name: string; readonly color: string }): Markup {
  const safe = /^#[0-9a-f]{6}$/i.test(color) ? color : "#ededed";
  return html`<span class="chip"><i style="background:${safe}"></i>${name}</span> `;
}

interface Entry {
  readonly id: number;
  readonly at: Instant;
  readonly by: string;
  readonly bot: boolean;
  readonly what: Markup;
  readonly below: Markup | null;
}

function eventEntry(event: StoredEvent): Entry {
  const { id, at, actor } = event;
  return { id, at, by: actor.handle, bot: actor.bot, what: deed(event), below: null };
}

function commentEntry({ memory }: View, { id, createdAt, author, body, reactions }: StoredComment): Entry {
  const words = reactions.map(({ account, reaction }) => `${reaction} by @${account.handle}`).join(", ");
  return {
    id,
    at: createdAt,
    by: author.handle,
    bot: author.bot,
    what: html`<a id="${memory.kind === "github" ? "issuecomment-" : "note_"}${id}">commented</a>`,
    below: html`${textMarkup(body, null)}${words !== "" && html`<p><small>${words}</small></p>`}`,
  };
}

function deed(event: StoredEvent): Markup {
  switch (event.type) {
    case "labeled":
      return html`added ${chip({ ...event.label, name: event.name })}`;
    case "unlabeled":
      return html`removed ${chip({ ...event.label, name: event.name })}`;
    case "assigned":
    case "unassigned":
      return html`${event.type} @${event.assignee.handle}`;
    case "closed":
      return html`closed this${event.reason === "not_planned" && " as not planned"}`;
    case "reopened":
      return html`reopened this`;
    case "ticked":
    case "unticked":
      return html`${event.type} “${event.text}”`;
    case "renamed":
      return html`changed the title to “${event.to}”`;
    case "described":
      return html`changed the text`;
    case "pinned":
      return html`pinned this`;
  }
}

/** Of one act in the news: somebody may tick twenty boxes at once. */
const MOST_DEEDS = 3;

function newsItem({ memory, options }: View, happening: Happening): Markup {
  const { project, issue, actor, at, what, events } = happening;
  const deeds: Markup[] = events.slice(0, MOST_DEEDS).map((event) => html`${deed(event)} `);
  if (events.length > MOST_DEEDS) deeds.push(html`and ${events.length - MOST_DEEDS} more `);
  if (what === "opened") deeds.unshift(html`opened `);
  if (what === "commented") deeds.push(html`commented `);
  if (what === "comment-edited") deeds.push(html`edited a comment `);
  if (deeds.length === 0) deeds.push(html`changed the text `);
  return html`<li class="${actor.bot ? "bot" : ""}"><time>${options.when(at)}</time> <b>@${actor.handle}</b> ${deeds}on <a href="${pathOf(memory, project, issue.number)}">${issue.title}</a></li>
`;
}
