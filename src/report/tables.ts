/** Reports that are tables: said once as data, shown as Markdown, as a page and as CSV. */
import { escaped } from "../engine/text/html.ts";
import { inline, join, lines, link, type SafeText, safe, trusted } from "../engine/text/safe.ts";

/** A cell: text, or text that leads somewhere. */
export type TableCell = string | number | null | { readonly text: string; readonly url: string };

export interface TableOf {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly TableCell[])[];
  /** Said where there are no rows. */
  readonly none: string;
}

export interface TableDocument {
  readonly title: string;
  /** A sentence or two under the title. */
  readonly intro: string;
  readonly tables: readonly TableOf[];
}

const textOf = (cell: TableCell): string =>
  cell === null ? "" : typeof cell === "object" ? cell.text : String(cell);

export function tablesMd({ title, intro, tables }: TableDocument): string {
  const cell = (one: TableCell): SafeText => {
    const text = inline(textOf(one));
    return one !== null && typeof one === "object" ? link(text, one.url) : text;
  };
  const row = (cells: readonly SafeText[]): SafeText => safe`| ${join(cells, trusted(" | "))} |`;
  const parts = tables.map(({ title: name, head, rows, none }) =>
    lines(
      safe`## ${inline(name)}`,
      safe``,
      ...(rows.length === 0
        ? [inline(none)]
        : [
            row(head.map(inline)),
            row(head.map(() => trusted("---"))),
            ...rows.map((one) => row(one.map(cell))),
          ]),
    ),
  );
  return join([safe`# ${inline(title)}`, inline(intro), ...parts], "\n\n");
}

const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{max-width:70rem;margin:0 auto;padding:1rem}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid color-mix(in srgb,currentColor 25%,transparent)}
@media print{body{max-width:none;padding:0}tr{break-inside:avoid}}`;

/** One self-contained page: no script, nothing from outside. */
export function tablesHtml({ title, intro, tables }: TableDocument): string {
  const cell = (one: TableCell): string => {
    const text = escaped(textOf(one));
    const leads = one !== null && typeof one === "object" && /^https?:\/\//i.test(one.url);
    return leads ? `<a href="${escaped(one.url)}">${text}</a>` : text;
  };
  const sections = tables.map(({ title: name, head, rows, none }, i) => {
    const body =
      rows.length === 0
        ? `<p>${escaped(none)}</p>`
        : `<div class="wide" role="region" tabindex="0" aria-labelledby="t${i}"><table><thead><tr>${head
            .map((one) => `<th scope="col">${escaped(one)}</th>`)
            .join("")}</tr></thead><tbody>${rows
            .map((row) => `<tr>${row.map((one) => `<td>${cell(one)}</td>`).join("")}</tr>`)
            .join("\n")}</tbody></table></div>`;
    return `<section><h2 id="t${i}">${escaped(name)}</h2>${body}</section>`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>${escaped(title)}</title><style>${STYLE}</style></head>
<body><main><h1>${escaped(title)}</h1><p>${escaped(intro)}</p>
${sections.join("\n")}
</main></body></html>`;
}
