/**
 * The board as an issue's text: what needs somebody on top, every number a link, charts that both forges draw. As
 * long as a body may be and no longer: what is least urgent is folded into counts, and the text says so.
 */
import type { ForgeKind, Instant, SafeText } from "../../model.ts";
import { type LabelBook, STATES, stateName } from "../lifecycle/states.ts";
import { count } from "../text/count.ts";
import { fence, inline, join, lines, link, marker, safe, trusted } from "../text/safe.ts";
import type { WorkHours } from "../time/clock.ts";
import { formatDay, isInstant } from "../time/days.ts";
import { dayOf, timeOf } from "../time/zones.ts";
import type { Board, Percentile, Row, StateTimes } from "./board.ts";
import { type ListQuery, listPage, listUrl } from "./board-links.ts";
import { clockName, duration, type Names, needText, rowsByNumber } from "./board-words.ts";

/** Key of the summary's marker. */
export const SUMMARY = "board:summary";
const STAMP = "board:at:";

/**
 * Characters in a body. GitHub takes 65,536 and counts some of them double; GitLab takes a million, which nobody
 * reads either.
 */
const LIMIT = 60_000;
/** How many rows and links are shown of each list, tried in turn until the text fits. */
const DETAILS = [15, 8, 4, 2, 1, 0];

export interface BoardSetting {
  readonly forge: ForgeKind;
  readonly zone: string;
  readonly hours: WorkHours;
  readonly names: Names;
  readonly book: LabelBook;
  /** For the living issue: when it is refreshed, as configured. Null for a report. */
  readonly schedule: string | null;
  /** When this text was made. */
  readonly stamp: Instant;
  /** Addresses of requests, closed ones among them, by number. */
  readonly urls: ReadonlyMap<number, string>;
}

/** When a summary's text was made; null where nobody can tell any more. */
export function stampIn(keys: readonly string[]): Instant | null {
  const digits = keys.find((key) => key.startsWith(STAMP))?.slice(STAMP.length) ?? "";
  return isInstant(digits) ? Number(digits) : null;
}

export function boardText(board: Board, setting: BoardSetting): SafeText {
  for (const most of DETAILS) {
    const text = new Composer(board, setting, most).text();
    if (text.length <= LIMIT) return text;
  }
  return new Composer(board, setting, 0).bare();
}

type Cells = readonly SafeText[];

class Composer {
  readonly #board: Board;
  readonly #setting: BoardSetting;
  readonly #most: number;
  readonly #rows: ReadonlyMap<number, Row>;
  readonly #page: string | null;
  #folded = false;

  constructor(board: Board, setting: BoardSetting, most: number) {
    this.#board = board;
    this.#setting = setting;
    this.#most = most;
    this.#rows = rowsByNumber(board);
    const [any] = setting.urls.values();
    this.#page = any === undefined ? null : listPage(any);
  }

  text(): SafeText {
    const sections = [
      this.#needs(),
      this.#states(),
      this.#breaches(),
      this.#oldest(),
      this.#work(),
      this.#holds(),
      this.#flow(),
      this.#shares(),
      this.#repeated(),
      this.#close(),
    ];
    return this.#whole(sections);
  }

  /** Nothing but how many there are: for a team whose lists alone are too long. */
  bare(): SafeText {
    this.#folded = true;
    return this.#whole([this.#states()]);
  }

  #whole(sections: readonly (SafeText | null)[]): SafeText {
    const { stamp, zone, schedule } = this.#setting;
    const when = inline(`${formatDay(dayOf(stamp, zone))}, ${timeOf(stamp, zone)} (${zone})`);
    const living =
      schedule !== null &&
      safe` daytwo keeps this issue up to date (${inline(schedule)}); what is written into it is overwritten.`;
    return lines(
      living && marker(SUMMARY),
      living && marker(`${STAMP}${stamp}`),
      safe`As of ${when}.${living || safe``}`,
      join(
        sections.map((section) => section && safe`\n${section}`),
        "\n",
      ),
      safe``,
      this.#folded && safe`Lists are shortened here: \`daytwo report board --format html\` has all of it.\n`,
      safe`Time is working time; medians and 90th percentiles are of finished stays of the last 52 weeks, and link to the request whose stay it was.`,
    );
  }

  // Links

  #issue(number: number): SafeText {
    const url = this.#setting.urls.get(number);
    return url === undefined ? inline(`#${number}`) : link(inline(`#${number}`), url);
  }

  /** Some of them as links, then how many more there are. */
  #issues(numbers: readonly number[]): SafeText {
    const shown = numbers.slice(0, this.#most);
    const more = numbers.length - shown.length;
    if (more > 0) this.#folded = true;
    return join([...shown.map((number) => this.#issue(number)), more > 0 && safe`and ${more} more`], " ");
  }

  /** A number that leads to the forge's own list. */
  #listed(count: number, query: ListQuery): SafeText {
    const text = inline(String(count));
    return this.#page === null ? text : link(text, listUrl(this.#setting.forge, this.#page, query));
  }

  #time(percentile: Percentile | null): SafeText {
    if (percentile === null) return safe`–`;
    const text = inline(duration(percentile.hours, this.#setting.hours));
    const url = this.#setting.urls.get(percentile.issue);
    return url === undefined ? text : link(text, url);
  }

  // Shapes

  #table(head: Cells, rows: readonly Cells[], most = this.#most): SafeText {
    const shown = rows.slice(0, most);
    if (shown.length < rows.length) this.#folded = true;
    const more = rows.length - shown.length;
    return lines(
      ...[head, head.map(() => trusted("---")), ...shown].map((cells) => safe`| ${join(cells, safe` | `)} |`),
      more > 0 && safe`\n${shown.length === 0 ? more : safe`and ${more} more`}`,
    );
  }

  #title({ title }: Row): SafeText {
    return inline(title.length > 80 ? `${title.slice(0, 79).trimEnd()}…` : title);
  }

  // Sections

  #needs(): SafeText {
    const { needs } = this.#board;
    const heading = safe`### Needs somebody now (${needs.length})`;
    if (needs.length === 0) return lines(heading, safe``, safe`Nothing does.`);
    const rows = needs.map((need) => {
      const row = this.#rows.get(need.issue) as Row;
      return [
        this.#issue(need.issue),
        this.#title(row),
        inline(needText(need, this.#setting.hours)),
        this.#people(row.assignees),
      ];
    });
    return lines(heading, safe``, this.#table([safe`request`, safe`title`, safe`why`, safe`who`], rows));
  }

  #people(handles: readonly string[]): SafeText {
    if (handles.length === 0) return safe`–`;
    return join(
      handles.map((handle) => inline(this.#setting.names.person(handle))),
      ", ",
    );
  }

  #states(): SafeText {
    const { counts, states } = this.#board;
    const rows = STATES.map((state): Cells => {
      const { n, p50, p90, oldest }: StateTimes = states[state];
      return [
        inline(stateName(state)),
        this.#listed(counts[state], { labels: [this.#setting.book.labelOf(state)] }),
        oldest === null ? safe`–` : safe`${this.#issue(oldest.issue)} ${this.#time(oldest)}`,
        this.#time(p50),
        this.#time(p90),
        safe`${n}`,
      ];
    });
    const head = [
      safe`state`,
      safe`open`,
      safe`longest so far`,
      safe`median`,
      safe`90 %`,
      safe`finished stays`,
    ];
    const some = STATES.filter((state) => counts[state] > 0);
    const pie = ["pie showData", ...some.map((state) => `  "${stateName(state)}" : ${counts[state]}`)];
    return lines(
      safe`### Where requests stand`,
      safe``,
      this.#table(head, rows, rows.length),
      some.length > 0 && lines(safe``, fence(pie.join("\n"), "mermaid")),
    );
  }

  #breaches(): SafeText | null {
    const { breaches } = this.#board;
    if (breaches.length === 0) return null;
    const rows = breaches.map(({ issue, clock, over, since }) => [
      this.#issue(issue),
      inline(clockName(clock)),
      inline(duration(over, this.#setting.hours)),
      inline(formatDay(dayOf(since, this.#setting.zone))),
    ]);
    const head = [safe`request`, safe`clock`, safe`over by`, safe`since`];
    return folded(safe`Clocks past their limit (${breaches.length})`, this.#table(head, rows));
  }

  #oldest(): SafeText | null {
    const rows = this.#board.requests.filter(({ state }) => state !== "completed");
    if (rows.length === 0) return null;
    const head = [safe`request`, safe`title`, safe`state`, safe`for`, safe`who`];
    const cells = rows.map((row) => [
      this.#issue(row.issue),
      this.#title(row),
      inline(stateName(row.state)),
      inline(duration(row.age, this.#setting.hours)),
      this.#people(row.assignees),
    ]);
    return folded(safe`Longest in their state first (${rows.length})`, this.#table(head, cells));
  }

  #work(): SafeText | null {
    const { work } = this.#board;
    if (work.length === 0) return null;
    const rows = work.map(({ handle, issues }) => [
      inline(this.#setting.names.person(handle)),
      this.#listed(issues.length, { assignee: handle }),
      this.#issues(issues),
    ]);
    return lines(
      safe`### Who works on what`,
      safe``,
      this.#table([safe`who`, safe`open`, safe`requests`], rows),
    );
  }

  #holds(): SafeText | null {
    const { holds } = this.#board;
    if (holds.length === 0) return null;
    const { hours, names } = this.#setting;
    const rows = holds.map(({ reason, count, age, issues }) => [
      inline(names.reason(reason)),
      this.#listed(count, { labels: [names.reason(reason)] }),
      inline(duration(age, hours)),
      this.#issues(issues),
    ]);
    const head = [safe`reason`, safe`waiting`, safe`longest`, safe`in the order of the queue`];
    return lines(safe`### On hold`, safe``, this.#table(head, rows));
  }

  #flow(): SafeText {
    const { flow } = this.#board;
    const most = Math.max(1, ...flow.flatMap(({ opened, completed }) => [opened.length, completed.length]));
    const chart = [
      "xychart-beta",
      '  title "Opened (bars) and completed (line) in each week"',
      `  x-axis [${flow.map(({ week }) => `"${week.slice(5)}"`).join(", ")}]`,
      `  y-axis "requests" 0 --> ${most}`,
      `  bar [${flow.map(({ opened }) => opened.length).join(", ")}]`,
      `  line [${flow.map(({ completed }) => completed.length).join(", ")}]`,
    ].join("\n");
    const rows = flow
      .toReversed()
      .map(({ week, opened, completed, reopened }) => [
        inline(week),
        safe`${opened.length} ${this.#issues(opened)}`,
        safe`${completed.length} ${this.#issues(completed)}`,
        safe`${reopened.length} ${this.#issues(reopened)}`,
      ]);
    const head = [safe`week`, safe`opened`, safe`completed`, safe`reopened`];
    return lines(
      safe`### Flow over twelve weeks`,
      safe``,
      fence(chart, "mermaid"),
      safe``,
      folded(safe`The numbers, and their requests`, this.#table(head, rows, rows.length)),
    );
  }

  #shares(): SafeText | null {
    const { bySystem, byRole, queues } = this.#board;
    if (bySystem.length === 0 && byRole.length === 0) return null;
    const { names } = this.#setting;
    const row = (name: string, count: number, issues: readonly number[]) => [
      inline(name),
      safe`${count}`,
      this.#issues(issues),
    ];
    const waiting = (system: string) => queues[system]?.length ?? 0;
    return lines(
      safe`### What is asked for`,
      safe``,
      folded(
        safe`Open requests by system (${bySystem.length})`,
        this.#table(
          [safe`system`, safe`requests`, safe``, safe`waiting for a seat`],
          bySystem.map(({ system, count, issues }) => [
            ...row(names.system(system), count, issues),
            safe`${waiting(system)}`,
          ]),
        ),
      ),
      safe``,
      folded(
        safe`Open requests by role (${byRole.length})`,
        this.#table(
          [safe`role`, safe`requests`, safe``],
          byRole.map(({ role, count, issues }) => row(role, count, issues)),
        ),
      ),
    );
  }

  #repeated(): SafeText | null {
    const { repeated } = this.#board;
    if (repeated.length === 0) return null;
    const rows = repeated.map(({ role, systems, issues }) => [
      role === null ? safe`–` : inline(role),
      join(
        systems.map((system) => inline(this.#setting.names.system(system))),
        ", ",
      ),
      safe`${issues.length}`,
      this.#issues(issues),
    ]);
    const head = [safe`role`, safe`systems`, safe`times`, safe`requests`];
    return lines(
      safe`### Worth automating`,
      safe``,
      safe`Filed again and again within twelve weeks: a baseline for the role would open them by itself.`,
      safe``,
      this.#table(head, rows),
    );
  }

  #close(): SafeText | null {
    const { close } = this.#board;
    if (close === null) return null;
    const { issue, title, done, all, late } = close;
    return lines(
      safe`### The close`,
      safe``,
      safe`${this.#issue(issue)} ${inline(title)}: ${done} of ${inline(count(all, "task is", "tasks are"))} done, ${late} late.`,
    );
  }
}

/** Shown on a click. GitLab and GitHub both want the blank lines. */
const folded = (summary: SafeText, body: SafeText): SafeText =>
  lines(safe`<details><summary>${summary}</summary>`, safe``, body, safe``, safe`</details>`);
