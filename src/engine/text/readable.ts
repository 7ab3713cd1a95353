/** Markdown text as a person reads it: the way back from `inline`, and from what people put around values. */

/** Line breaks as `\n`, no-break spaces as spaces, trimmed; the zero-width spaces that break mentions are taken out. */
export const tidy = (text: string) =>
  text.replace(/\r\n?/g, "\n").replaceAll("\u00a0", " ").replaceAll("\u200b", "").trim();

const LINK = /^\[([^[\]]*)\]\(<?[^()\s<>]*>?(?:\s+"[^"]*")?\)$/;
const AUTOLINK = /^<(?:mailto:)?([^<>\s@]+@[^<>\s]+|https?:\/\/[^<>\s]+)>$/i;
const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  ndash: "–",
  mdash: "—",
  hellip: "…",
};

/** Text as a person reads it: links, autolinks, emphasis and code around it taken off, escapes and entities resolved. */
export function readable(markdown: string): string {
  let text = tidy(markdown);
  for (let before = ""; before !== text && !text.includes("\n"); ) {
    before = text;
    const ticks = /^`+/.exec(text)?.[0];
    const coded = ticks === undefined ? undefined : inside(text, ticks);
    if (coded !== undefined) return coded.trim();
    const link = LINK.exec(text) ?? AUTOLINK.exec(text);
    text =
      link?.[1] ?? ["***", "**", "__", "*", "_"].map((marks) => inside(text, marks)).find((t) => t) ?? text;
    text = text.trim();
  }
  return tidy(
    text.replace(
      /\\([!-/:-@[-`{-~])|&(#\d{1,7}|#x[\da-f]{1,6}|[a-z]+);/gi,
      (all, escaped?: string, entity?: string) =>
        escaped !== undefined ? escaped : (entityText(entity ?? "") ?? all),
    ),
  );
}

/** What stands between the same marks at both ends, when they do not also stand within. */
function inside(text: string, marks: string): string | undefined {
  if (text.length <= 2 * marks.length || !text.startsWith(marks) || !text.endsWith(marks)) return undefined;
  const inner = text.slice(marks.length, -marks.length);
  return inner.includes(marks) || inner.endsWith("\\") ? undefined : inner;
}

function entityText(entity: string): string | undefined {
  if (!entity.startsWith("#")) return ENTITIES[entity];
  const point = /^#x/i.test(entity) ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1));
  return point > 0 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff)
    ? String.fromCodePoint(point)
    : "\ufffd";
}
