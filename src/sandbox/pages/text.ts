/** Issue text on a page: as it was typed, with boxes to click, links to follow and hidden comments hidden. */

import { html, type Markup } from "../../engine/text/html.ts";
import { taskItems } from "../../forge/memory/text.ts";

/**
 * @param form id of the form that a box's button belongs to; null where boxes are only shown
 */
export function textMarkup(text: string, form: string | null): Markup {
  const items = taskItems(text);
  const boxAt = new Map(items.map(({ line }, index) => [line, index]));
  const typed = text.replaceAll("\r\n", "\n");
  // Comments keep their line breaks here, so that a line's number is its number in the text.
  const visible = typed
    .replace(/<!--[\s\S]*?(-->|$)/g, (comment) => comment.replace(/[^\n]/g, ""))
    .split("\n");
  const lines = typed.split("\n").flatMap((before, number) => {
    const line = visible[number] ?? "";
    // A line that was nothing but a comment, or within one.
    if (line.trim() === "" && before.trim() !== "") return [];
    const index = boxAt.get(number);
    const item = index === undefined ? undefined : items[index];
    if (index === undefined || !item) {
      const heading = /^#{1,6} /.test(line);
      return [html`<div class="${heading ? "heading" : ""}">${links(line)}\n</div>`];
    }
    const [, indent = "", rest = ""] = /^(.*?)(?:[-+*]|\d+[.)])\s+\[[ xX]\]\s(.*)$/.exec(line) ?? [];
    return [html`<div>${indent}${box(index, item, form)} ${links(rest)}\n</div>`];
  });
  return html`<div class="text">${lines}</div>`;
}

function box(index: number, { done, text }: { done: boolean; text: string }, form: string | null): Markup {
  const face = done ? "☑" : "☐";
  if (form === null) return html`<span class="box">${face}</span>`;
  const act = done ? "untick" : "tick";
  return html`<button class="box" form="${form}" name="${act}" value="${index}" role="checkbox" aria-checked="${String(done)}" aria-label="${text}">${face}</button>`;
}

const LINK = /\[([^[\]\n]+)\]\((https?:\/\/[^\s()<>]+)\)|https?:\/\/[^\s()<>"'`*|\]]*[^\s()<>"'`*|\].,;:!?]/g;

function links(line: string): Markup {
  const parts: Markup[] = [];
  let from = 0;
  for (const found of line.matchAll(LINK)) {
    const [whole, name = whole, url = whole] = found;
    parts.push(html`${line.slice(from, found.index)}<a href="${url}" rel="noreferrer">${name}</a>`);
    from = found.index + whole.length;
  }
  return html`${parts}${line.slice(from)}`;
}
