/** What the page is put together from: links, numbers, times and tables. */
import { listPage } from "../../engine/metrics/board-links.ts";
import { duration } from "../../engine/metrics/board-words.ts";
import { html, type Markup } from "../../engine/text/html.ts";
import { formatDay } from "../../engine/time/days.ts";
import { dayOf, timeOf } from "../../engine/time/zones.ts";
import { toJson } from "./json.ts";
import type { BoardData } from "./report.ts";
import type { BoardJson } from "./schema.ts";

export interface Column<T> {
  readonly head: string;
  readonly cell: (row: T) => Markup | string;
  /** Numbers stand at the right. */
  readonly number?: true;
  /** What a browser sorts by; only where the table can be sorted. */
  readonly sort?: (row: T) => string | number;
}

export class Parts {
  readonly board: BoardJson;
  readonly data: BoardData;
  /** Where the forge lists the project's issues; null where there is none yet to tell. */
  readonly list: string | null;

  constructor(data: BoardData) {
    this.data = data;
    this.board = toJson(data.board);
    const [any] = data.setting.urls.values();
    this.list = any === undefined ? null : listPage(any);
  }

  when(): string {
    const { stamp, zone } = this.data.setting;
    return `${formatDay(dayOf(stamp, zone))}, ${timeOf(stamp, zone)} (${zone})`;
  }

  link(url: string | undefined | null, text: Markup | string): Markup {
    return url && /^https?:\/\//i.test(url) ? html`<a href="${url}">${text}</a>` : html`${text}`;
  }

  issue(number: number): Markup {
    return this.link(this.data.setting.urls.get(number), `#${number}`);
  }

  issues(numbers: readonly number[]): Markup {
    return html`${numbers.map((number) => html`${this.issue(number)} `)}`;
  }

  number(key: string, value: number): Markup {
    return html`<data data-key="${key}" value="${value}">${value}</data>`;
  }

  /** Working hours in words, with the exact number for machines and for whoever points at it. */
  hours(key: string, hours: number | null, issue: number | null = null): Markup {
    if (hours === null) return html`<span class="soft">–</span>`;
    const text = duration(hours, this.data.setting.hours);
    const data = html`<data data-key="${key}" value="${hours}" title="${hours} working hours">${text}</data>`;
    return issue === null ? data : this.link(this.data.setting.urls.get(issue), data);
  }

  day(iso: string): Markup {
    const day = formatDay(dayOf(Date.parse(iso), this.data.setting.zone));
    return html`<time datetime="${iso}">${day}</time>`;
  }

  person(handle: string): string {
    return this.data.setting.names.person(handle);
  }

  section(id: string, title: string, ...parts: Markup[]): Markup {
    return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${parts}</section>\n`;
  }

  table<T>(
    label: string,
    rows: readonly T[],
    columns: readonly Column<T>[],
    none: string,
    extra?: {
      readonly id: string;
      readonly row: (row: T) => Markup;
    },
  ): Markup {
    if (rows.length === 0) return html`<p class="none soft">${none}</p>`;
    const kind = ({ number }: Column<T>) => (number ? html` class="n"` : html``);
    const heads = columns.map((column) =>
      column.sort
        ? html`<th scope="col"${kind(column)}><button type="button">${column.head}</button></th>`
        : html`<th scope="col"${kind(column)}>${column.head}</th>`,
    );
    const lines = rows.map((row) => {
      const cells = columns.map((column) => {
        const sort = column.sort ? html` data-sort="${column.sort(row)}"` : html``;
        return html`<td${kind(column)}${sort}>${column.cell(row)}</td>`;
      });
      return html`<tr${extra ? extra.row(row) : html``}>${cells}</tr>\n`;
    });
    const id = extra ? html` id="${extra.id}"` : html``;
    return html`<div class="wide" role="region" aria-label="${label}" tabindex="0"><table${id}>
<caption>${label}</caption><thead><tr>${heads}</tr></thead>
<tbody>${lines}</tbody></table></div>`;
  }
}
