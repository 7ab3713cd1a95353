/**
 * The only way text reaches a body or a title. What a person typed is data: it is escaped here, for both
 * forges and for any place in a line, and the `SafeText` that comes out is all a writer accepts.
 *
 * What must never take effect, and what stops it:
 * - GitLab quick actions. The older parser deletes every `\r` and then runs any line that starts `/cmd`, also
 *   in `~~~` fences and fences it thinks open; the newer one reads top-level paragraphs
 *   (gitlab-org/gitlab, lib/gitlab/quick_actions/extractor.rb). So `\r` goes, a leading `/` becomes `\/`, and
 *   where no escape exists (code, titles) a zero-width space goes before it. A line of `quote` starts `> `,
 *   which neither parser takes for a command.
 * - Mentions. `@` gets U+200B after it unless a word character stands before it, so e-mail addresses stay as
 *   they are. The character itself, not `&#8203;`, because titles and code know no entities and one form everywhere
 *   can be taken out again everywhere.
 * - HTML, and with it comments: `<` becomes `&lt;`, so nobody can forge a marker.
 * - Runner commands: no line starts `::`, nothing contains `##[`.
 * Template expressions need nothing: user text is never parsed as a template.
 */
import type { ForgeKind, SafeText } from "../../model.ts";
import { walk } from "./blocks.ts";

export type { SafeText } from "../../model.ts";

/** Both forges take 255 characters in a title (GitLab's limit; GitHub's is 256). */
export const TITLE_LIMIT = 255;

const ZERO_WIDTH_SPACE = "\u200b";
const brand = (text: string): SafeText => text as SafeText;

/** Controls that show nothing or turn the direction of what follows; tabs and line breaks are handled apart. */
const DROPPED = /(?![\t\n\v\f\u0085])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu;
const BREAK = /[\t\n\v\f\u0085\u2028\u2029]/;

const visible = (user: string) => user.toWellFormed().replace(DROPPED, "");
const userLines = (user: string) => visible(user).split(/[\n\v\f\u0085\u2028\u2029]/);

/** One line of plain text as a person meant it: no controls, line breaks and tabs as one space, trimmed. */
export function plain(user: string): string {
  return visible(user)
    .replace(/[\s\u0085]+/g, (run) => (BREAK.test(run) ? " " : run))
    .trim();
}

const breakMentions = (text: string) =>
  text.replace(/(?<![A-Za-z0-9_])@(?=[^\s\u200b]|$)/g, `@${ZERO_WIDTH_SPACE}`);

/** For places without escapes: nothing that a forge or a runner acts on at the start of a line or inside it. */
const inert = (line: string) =>
  breakMentions(line)
    .replace(/^(\s*)(?=\/|::)/, `$1${ZERO_WIDTH_SPACE}`)
    .replaceAll("##[", `##${ZERO_WIDTH_SPACE}[`)
    .replaceAll("<!--", `<!${ZERO_WIDTH_SPACE}--`);

/**
 * One line of Markdown text that reads exactly as `plain(user)` (with mentions broken) wherever it is put: at the
 * start of a line, within one, in a table cell, a list item, a heading, emphasis. The one place to avoid is right before a
 * literal `[` (a trailing `!` would make it an image), and a cell wants spaces around. A bare web address stays a link, though not
 * the right one where Markdown's own characters in it had to be escaped.
 */
export function inline(user: string): SafeText {
  return brand(
    breakMentions(plain(user))
      .replace(/&(?=#?[A-Za-z0-9]+;)/g, "&amp;")
      .replaceAll("<", "&lt;")
      .replace(/[\\`*~|[\]$]/g, "\\$&")
      // Between letters an underscore means nothing; escaping it there would spoil e-mail addresses.
      .replace(/(?<![\p{L}\p{N}_])_+|(?<!_)_+(?![\p{L}\p{N}_])/gu, (run) => run.replaceAll("_", "\\_"))
      // Block starters: quotes, setext underlines, headings, lists, table rules, `:::` and `::`, commands.
      .replace(/^(?:[>=/]|[#+-](?!\d)|:(?=[:-]))/, "\\$&")
      .replace(/^(\d{1,9})([.)])(?=\s|$)/, "$1\\$2")
      // A heading would take trailing number signs for its end.
      .replace(/(^|\s)(#+)$/, "$1\\$2"),
  );
}

/** Several lines of user text as a blockquote. Put blank lines around it. */
export function quote(user: string): SafeText {
  return brand(
    userLines(user)
      .map((line) => `> ${inline(line)}`.trimEnd())
      .join("\n"),
  );
}

const longestRun = (text: string) =>
  (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);

/** User text as a code span; "" for blank text. Good in table cells too. */
export function code(user: string): SafeText {
  const text = inert(plain(user));
  if (text === "") return brand("");
  // `\|` shows its backslash in a code span outside tables and a bare `|` splits cells inside them.
  if (text.includes("|")) return brand(`<code>${inline(user)}</code>`);
  const ticks = "`".repeat(longestRun(text) + 1);
  const pad = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return brand(ticks + pad + text + pad + ticks);
}

/** Several lines of user text as a fenced block that they cannot close. Must start at the start of a line. */
export function fence(user: string, lang = ""): SafeText {
  const text = userLines(user).map(inert).join("\n").replace(/\n+$/, "");
  const ticks = "`".repeat(Math.max(3, longestRun(text) + 1));
  return brand(`${ticks}${lang.replace(/[^\w+-]/g, "")}\n${text}\n${ticks}`);
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/**
 * A title from a whole line of text, our words and a person's alike: one line, at most `TITLE_LIMIT` UTF-16
 * units, cut between graphemes with "…". Titles know no Markdown, so there are no escapes in it.
 */
export function title(user: string): SafeText {
  // GitLab resolves entities in titles, and with them mentions.
  const text = inert(plain(user)).replace(/&(?=#?[A-Za-z0-9]+;)/g, `&${ZERO_WIDTH_SPACE}`);
  if (text.length <= TITLE_LIMIT) return brand(text);
  let end = 0;
  for (const { index, segment } of graphemes.segment(text.slice(0, 2 * TITLE_LIMIT))) {
    if (index + segment.length > TITLE_LIMIT - 1) break;
    end = index + segment.length;
  }
  return brand(`${text.slice(0, end).trimEnd()}…`);
}

/**
 * Our own words around safe values: safe`CC ${mention("amber")}`. A plain string is a type error on purpose, since
 * nothing tells it from safe text at run time: say `inline(…)`, `code(…)` or `quote(…)`.
 */
export function safe(literals: TemplateStringsArray, ...values: readonly (SafeText | number)[]): SafeText {
  return brand(literals.reduce((text, literal, i) => `${text}${values[i - 1]}${literal}`));
}

type Separator = "" | " " | ", " | "; " | " · " | "\n" | "\n\n";
type Part = SafeText | null | undefined | false;
const present = (parts: readonly Part[]) =>
  parts.filter((part) => part !== null && part !== undefined && part !== false);

/** Parts put together; null, undefined and false are left out. */
export function join(parts: readonly Part[], separator: Separator | SafeText): SafeText {
  return brand(present(parts).join(separator));
}

/** Lines put together; null, undefined and false are left out, an empty text is an empty line. */
export function lines(...parts: readonly Part[]): SafeText {
  return join(parts, "\n");
}

/** Constant text of our own. Only literals type-check. */
export function trusted<const T extends string>(literal: string extends T ? never : T): SafeText {
  return brand(literal);
}

/**
 * Text that was composed before and comes back as a string: a rendered template whose values went through
 * `inline`, a saved plan. Never for what a person typed.
 */
export function vouched(text: string): SafeText {
  return brand(text);
}

/**
 * A body that other people wrote, going back to the forge after an edit by offset. GitLab runs quick actions of whoever
 * writes: a `/label …` that its author was not allowed, and that therefore still stands there, would run with our rights.
 * Such lines are neutralised, bare `\r` becomes a line break; everything else stays byte for byte.
 */
export function writeBack(body: string): SafeText {
  const text = visibleBreaks(body);
  if (!/^[ \t]*\/[a-z_]/im.test(text)) return brand(text);
  let kept = "";
  let from = 0;
  walk(text, ({ start, end, kind }) => {
    const command = /^[ \t]*(?=\/\w+(?:\s|$))/.exec(text.slice(start, end));
    if (!command) return;
    const at = start + command[0].length;
    kept += text.slice(from, at) + (kind === "code" || kind === "html" ? ZERO_WIDTH_SPACE : "\\");
    from = at;
  });
  return brand(kept + text.slice(from));
}

const visibleBreaks = (body: string) => body.replaceAll("\0", "").replace(/\r(?!\n)/g, "\n");

// GitHub: letters, digits, single hyphens inside; managed users end in `_shortcode`. GitLab: lib/gitlab/path_regex.rb.
const GITHUB_HANDLE = /^(?=.{1,39}$)[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*(?:_[A-Za-z0-9]+)?$/;
const GITLAB_HANDLE = /^(?=.{1,255}$)[A-Za-z0-9_](?:[\w.-]*[A-Za-z0-9_-])?$/;

/** Whether this, without "@", is a well-formed name of one account; either forge's when none is named. */
export function isHandle(handle: string, forge?: ForgeKind): boolean {
  if (forge === "github") return GITHUB_HANDLE.test(handle);
  return GITLAB_HANDLE.test(handle) && !/\.(?:git|atom)$/i.test(handle);
}

/**
 * `@handle`, which notifies. A GitLab handle may be a group's path.
 * @throws RangeError when the handle is not well-formed: print the name with `inline` instead
 */
export function mention(handle: string, forge?: ForgeKind): SafeText {
  const parts = forge === "github" ? [handle] : handle.split("/");
  if (!parts.every((part) => isHandle(part, forge))) {
    throw new RangeError(
      `cannot mention ${JSON.stringify(handle)}: a handle has letters, digits and hyphens, without "@" (on GitLab also "_" and ".")`,
    );
  }
  return brand(`@${handle}`);
}

/** A link; the text alone where the address is not http, https or mailto. */
export function link(text: SafeText, url: string): SafeText {
  if (!/^(?:https?:\/\/|mailto:)/i.test(url)) return text;
  const target = plain(url).replace(/[\s<>()[\]\\`|"*$]|(?<!\w)@/g, (char) =>
    char === "("
      ? "%28"
      : char === ")"
        ? "%29"
        : char === "*"
          ? "%2A"
          : char === "@"
            ? "%40"
            : encodeURIComponent(char),
  );
  return brand(`[${text}](${target})`);
}

// Only what could end the comment or split the key is encoded, so keys stay readable.
const encodeKey = (key: string) =>
  key
    .toWellFormed()
    .replace(/[%<>\s]|\p{Cc}/gu, (char) => encodeURIComponent(char))
    .replace(/-(?=-|$)/g, "%2D");

function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

/** The hidden comment `<!-- daytwo:KEY -->` that makes a write idempotent. */
export function marker(key: string): SafeText {
  return brand(`<!-- daytwo:${encodeKey(key)} -->`);
}

/** The keys of the markers in a body, in order. Whether its author counts is for the caller to say. */
export function findMarkers(body: string): string[] {
  if (!body.includes("<!-- daytwo:")) return [];
  return Array.from(body.matchAll(/<!-- daytwo:([^\s<>]+) -->/g), ([, key = ""]) => decodeKey(key));
}

/** Stands for the reference of an issue that is not created yet; `fillSlot` puts it in. */
export function issueSlot(key: string): SafeText {
  return brand(`<!-- daytwo-slot:${encodeKey(key)} -->`);
}

/** The body with every slot of this key replaced. */
export function fillSlot(body: SafeText, key: string, replacement: SafeText): SafeText {
  return brand(body.replaceAll(issueSlot(key), () => replacement));
}
