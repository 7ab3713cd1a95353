/**
 * The board as one page: nothing from outside, whole without its script, readable by eye and by ear, on a phone and
 * on paper. Every number stands in a `data` element with its exact value.
 */
import { createHash } from "node:crypto";
import { STATES, stateName } from "../../engine/lifecycle/states.ts";
import { listUrl } from "../../engine/metrics/board-links.ts";
import { clockName, needText } from "../../engine/metrics/board-words.ts";
import { html, Markup } from "../../engine/text/html.ts";
import { dayLength } from "../../engine/time/clock.ts";
import { HOUR_MS } from "../../engine/time/days.ts";
import { flowChart, timesChart } from "./charts.ts";
import { type Column, Parts } from "./parts.ts";
import type { BoardData } from "./report.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";

const sha256 = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** What the page may do: run this script, show this style, and ask nobody for anything. */
export const POLICY = [
  "default-src 'none'",
  `script-src ${sha256(SCRIPT)}`,
  `style-src ${sha256(STYLE)}`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

export function boardPage(data: BoardData): string {
  const page = new Page(data);
  const title = `Access requests of ${data.project}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to what needs somebody now</a>
<header><h1>${title}</h1><p class="soft">As of ${page.when()}. Time is working time.</p></header>
<main id="main">
${page.sections()}
</main>
<footer><p class="soft">Made by daytwo. Medians and 90th percentiles are of finished stays of the last 52 weeks, by the nearest rank.</p></footer>
<script>${new Markup(SCRIPT)}</script>
</body>
</html>
`.text;
}

class Page extends Parts {
  sections(): Markup[] {
    return [
      this.#needs(),
      this.#states(),
      this.#requests(),
      this.#work(),
      this.#holds(),
      this.#breaches(),
      this.#flow(),
      this.#shares(),
      this.#repeated(),
      this.#close(),
    ];
  }

  #needs(): Markup {
    const { needs, requests } = this.board;
    const rows = needs.map((need, i) => ({
      ...need,
      i,
      row: requests.find(({ issue }) => issue === need.issue),
    }));
    return this.section(
      "now",
      `Needs somebody now (${needs.length})`,
      this.table(
        "The most urgent first",
        rows,
        [
          { head: "Request", cell: ({ issue }) => this.issue(issue) },
          { head: "Title", cell: ({ row }) => row?.title ?? "" },
          {
            head: "Why",
            cell: ({ i, hours, ...need }) =>
              html`<data data-key="needs.${i}.hours" value="${hours}"${need.why === "breached" ? html` class="alarm"` : html``}>${needText({ ...need, hours }, this.data.setting.hours)}</data>`,
          },
          {
            head: "Who",
            cell: ({ row }) => row?.assignees.map((one) => this.person(one)).join(", ") || "–",
          },
        ],
        "Nothing does.",
      ),
    );
  }

  #states(): Markup {
    const { counts, states } = this.board;
    const { forge, book, hours } = this.data.setting;
    const tiles = STATES.map((state) => {
      const url = this.list && listUrl(forge, this.list, { labels: [book.labelOf(state)] });
      return html`<li>${this.link(url, this.number(`counts.${state}`, counts[state]))}${stateName(state)}</li>`;
    });
    const columns: Column<(typeof STATES)[number]>[] = [
      { head: "State", cell: stateName },
      { head: "Finished stays", number: true, cell: (one) => this.number(`states.${one}.n`, states[one].n) },
      ...(["p50", "p90"] as const).map((of) => ({
        head: of === "p50" ? "Median" : "90th percentile",
        number: true as const,
        cell: (one: (typeof STATES)[number]) =>
          this.hours(`states.${one}.${of}`, states[one][of], states[one][`${of}Issue`]),
      })),
      {
        head: "Go on",
        number: true,
        cell: (one) => this.number(`states.${one}.running`, states[one].running),
      },
      {
        head: "Longest of these",
        number: true,
        cell: (one) => this.hours(`states.${one}.oldest`, states[one].oldest, states[one].oldestIssue),
      },
    ];
    const finished = STATES.some((state) => state !== "completed" && states[state].n > 0);
    return this.section(
      "states",
      "Where requests stand",
      html`<ul class="tiles" aria-label="Open requests in each state">${tiles}</ul>`,
      finished
        ? html`<figure class="chart">${timesChart(this.board, dayLength(hours) / HOUR_MS)}</figure>`
        : html``,
      this.table("Working time in each state", STATES, columns, ""),
    );
  }

  #requests(): Markup {
    const { requests } = this.board;
    type Row = (typeof requests)[number];
    const names = (systems: readonly string[]) => systems.map((id) => this.data.setting.names.system(id));
    const columns: Column<Row>[] = [
      { head: "Request", cell: ({ issue }) => this.issue(issue), sort: ({ issue }) => issue },
      { head: "Title", cell: ({ title }) => title, sort: ({ title }) => title },
      {
        head: "State",
        cell: ({ state, reopened }) => `${stateName(state)}${reopened ? ", reopened" : ""}`,
        sort: ({ state }) => STATES.indexOf(state),
      },
      {
        head: "For",
        number: true,
        cell: ({ issue, age }) => this.hours(`requests.${issue}.age`, age),
        sort: ({ age }) => age,
      },
      {
        head: "Who",
        cell: ({ assignees }) => assignees.map((one) => this.person(one)).join(", ") || "–",
        sort: ({ assignees }) => assignees.join(" "),
      },
      {
        head: "Systems",
        cell: ({ systems }) => names(systems).join(", "),
        sort: ({ systems }) => names(systems).join(" "),
      },
      { head: "Role", cell: ({ roles }) => roles.join(", "), sort: ({ roles }) => roles.join(" ") },
      { head: "Opened", cell: ({ opened }) => this.day(opened), sort: ({ opened }) => Date.parse(opened) },
    ];
    const options = (values: readonly (readonly [value: string, name: string])[]) =>
      [["", "any"] as const, ...values].map(
        ([value, name]) => html`<option value="${value}">${name}</option>`,
      );
    const filter = html`<form id="filter" hidden role="search" aria-label="Filter the requests">
<label>Words<input type="search" name="text" autocomplete="off"></label>
<label>State<select name="state">${options(STATES.map((state) => [state, stateName(state)]))}</select></label>
<label>Who<select name="who">${options([["-", "nobody"], ...this.board.work.map(({ handle }) => [handle.toLowerCase(), this.person(handle)] as const)])}</select></label>
<label>System<select name="system">${options(this.board.bySystem.map(({ system }) => [system, this.data.setting.names.system(system)]))}</select></label>
</form><p id="shown" class="soft" role="status"></p>`;
    const json = (values: readonly string[]) => JSON.stringify(values);
    return this.section(
      "open",
      `Open requests (${requests.length})`,
      requests.length > 0 ? filter : html``,
      this.table("Longest in their state first", requests, columns, "There is none.", {
        id: "requests",
        row: ({ state, assignees, systems }) => {
          const who = assignees.length > 0 ? assignees.map((one) => one.toLowerCase()) : ["-"];
          return html` data-state="${json([state])}" data-who="${json(who)}" data-system="${json(systems)}"`;
        },
      }),
    );
  }

  #work(): Markup {
    const { forge } = this.data.setting;
    return this.section(
      "work",
      "Who works on what",
      this.table(
        "Requests that are not Completed",
        this.board.work,
        [
          { head: "Who", cell: ({ handle }) => this.person(handle) },
          {
            head: "Open",
            number: true,
            cell: ({ handle, issues }) =>
              this.link(
                this.list && listUrl(forge, this.list, { assignee: handle }),
                this.number(`work.${handle}`, issues.length),
              ),
          },
          { head: "Requests", cell: ({ issues }) => this.issues(issues) },
        ],
        "Nobody is assigned to anything.",
      ),
    );
  }

  #holds(): Markup {
    const { names } = this.data.setting;
    const queues = Object.entries(this.board.queues);
    return this.section(
      "holds",
      "On hold",
      this.table(
        "By reason, the longest wait first",
        this.board.holds,
        [
          { head: "Reason", cell: ({ reason }) => names.reason(reason) },
          {
            head: "Waiting",
            number: true,
            cell: ({ reason, count }) => this.number(`holds.${reason}.count`, count),
          },
          {
            head: "Longest",
            number: true,
            cell: ({ reason, age }) => this.hours(`holds.${reason}.age`, age),
          },
          { head: "Since", cell: ({ oldest }) => this.day(oldest) },
          { head: "Requests", cell: ({ issues }) => this.issues(issues) },
        ],
        "Nothing is.",
      ),
      queues.length === 0
        ? html``
        : this.table(
            "Queues for a seat, first come, first served",
            queues,
            [
              { head: "System", cell: ([system]) => names.system(system) },
              {
                head: "Waiting",
                number: true,
                cell: ([system, issues]) => this.number(`queues.${system}`, issues.length),
              },
              {
                head: "In their order",
                cell: ([, issues]) => html`${issues.map((one, i) => html`${i + 1}. ${this.issue(one)} `)}`,
              },
            ],
            "",
          ),
    );
  }

  #breaches(): Markup {
    const rows = this.board.breaches.map((breach, i) => ({ ...breach, i }));
    return this.section(
      "breaches",
      `Clocks past their limit (${rows.length})`,
      this.table(
        "The longest first",
        rows,
        [
          { head: "Request", cell: ({ issue }) => this.issue(issue) },
          { head: "Clock", cell: ({ clock }) => clockName(clock) },
          { head: "Over by", number: true, cell: ({ i, over }) => this.hours(`breaches.${i}.over`, over) },
          { head: "Since", cell: ({ since }) => this.day(since) },
        ],
        "None is.",
      ),
    );
  }

  #flow(): Markup {
    const { flow } = this.board;
    type Week = (typeof flow)[number];
    const column = (of: "opened" | "completed" | "reopened"): Column<Week>[] => [
      { head: of, number: true, cell: (week) => this.number(`flow.${week.week}.${of}`, week[of]) },
      { head: `${of}: which`, cell: (week) => this.issues(week[`${of}Issues`]) },
    ];
    return this.section(
      "flow",
      "Flow over twelve weeks",
      html`<figure class="chart">${flowChart(this.board)}</figure>`,
      this.table(
        "Each week, the latest first",
        flow.toReversed(),
        [
          { head: "Week", cell: ({ week }) => week },
          ...column("opened"),
          ...column("completed"),
          ...column("reopened"),
        ],
        "",
      ),
    );
  }

  #shares(): Markup {
    const { bySystem, byRole } = this.board;
    const rest = (key: string) => [
      {
        head: "Requests",
        number: true as const,
        cell: (row: { of: string; count: number }) => this.number(`${key}.${row.of}`, row.count),
      },
      { head: "Which", cell: (row: { issues: readonly number[] }) => this.issues(row.issues) },
    ];
    return this.section(
      "asked",
      "What is asked for",
      this.table(
        "Open requests by system",
        bySystem.map(({ system, ...row }) => ({ ...row, of: system })),
        [{ head: "System", cell: ({ of }) => this.data.setting.names.system(of) }, ...rest("bySystem")],
        "No open request names a system.",
      ),
      this.table(
        "Open requests by role",
        byRole.map(({ role, ...row }) => ({ ...row, of: role })),
        [{ head: "Role", cell: ({ of }) => of }, ...rest("byRole")],
        "No open request names a role.",
      ),
    );
  }

  #repeated(): Markup {
    const rows = this.board.repeated.map((row, i) => ({ ...row, i }));
    if (rows.length === 0) return html``;
    return this.section(
      "repeated",
      "Worth automating",
      html`<p>Filed again and again within twelve weeks: a baseline for the role would open them by itself.</p>`,
      this.table(
        "The most frequent first",
        rows,
        [
          { head: "Role", cell: ({ role }) => role ?? "–" },
          {
            head: "Systems",
            cell: ({ systems }) => systems.map((one) => this.data.setting.names.system(one)).join(", "),
          },
          { head: "Times", number: true, cell: ({ i, count }) => this.number(`repeated.${i}.count`, count) },
          { head: "Requests", cell: ({ issues }) => this.issues(issues) },
        ],
        "",
      ),
    );
  }

  #close(): Markup {
    const { close } = this.board;
    if (close === null) return html``;
    return this.section(
      "close",
      "The close",
      html`<p>${this.issue(close.issue)} ${close.title}: ${this.number("close.done", close.done)} of ${this.number("close.all", close.all)} ${close.all === 1 ? "task is" : "tasks are"} done, ${this.number("close.late", close.late)} late.</p>`,
    );
  }
}
