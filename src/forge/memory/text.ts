/** What a forge itself reads in a text: task items, quick actions and mentions. */

/** A line scan of what is text and not code or comment: fenced blocks and HTML comments are blanked out. */
function prose(text: string): string[] {
  let fence = "";
  return text
    .replaceAll("\r\n", "\n")
    .replace(/<!--[\s\S]*?(-->|$)/g, (comment) => comment.replace(/[^\n]/g, " "))
    .split("\n")
    .map((line) => {
      const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
      if (fence !== "") {
        if (mark?.startsWith(fence) && line.trim() === mark) fence = "";
        return "";
      }
      if (mark) {
        fence = mark;
        return "";
      }
      return line;
    });
}

export interface TaskItem {
  /** Line in the text, from 0. */
  readonly line: number;
  readonly text: string;
  readonly done: boolean;
}

const TASK = /^(?:>\s{0,4})*\s*(?:[-+*]|\d+[.)])\s+\[([ xX])\]\s+(.+?)\s*$/;

/** The task items of a description, as GitLab's Taskable reads them (`app/models/concerns/taskable.rb`). */
export function taskItems(text: string): TaskItem[] {
  return prose(text).flatMap((line, index) => {
    const found = TASK.exec(line);
    return found ? [{ line: index, text: found[2] ?? "", done: found[1] !== " " }] : [];
  });
}

/** Items that stayed in place with the same text and changed their box, as GitLab compares them: by position. */
export function tickedBetween(before: string, after: string): TaskItem[] {
  const old = taskItems(before);
  return taskItems(after).filter((item, i) => old[i]?.text === item.text && old[i].done !== item.done);
}

/** The text with one item's box set, or null where there is no such item or it already is so. */
export function setBox(text: string, item: string | number, done: boolean): string | null {
  const items = taskItems(text);
  const found = typeof item === "number" ? items[item] : items.find((each) => each.text.includes(item));
  if (!found || found.done === done) return null;
  const lines = text.split("\n");
  lines[found.line] = (lines[found.line] ?? "").replace(/\[[ xX]\]/, done ? "[x]" : "[ ]");
  return lines.join("\n");
}

/** Handles that a text mentions outside code and comments, in lower case, in order, each once. */
export function mentions(text: string): string[] {
  const plain = prose(text)
    .join("\n")
    .replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, " ");
  const found = plain.matchAll(/(?<![\w@/`.\\-])@([a-zA-Z0-9](?:[\w.-]*[a-zA-Z0-9])?)/g);
  return [...new Set([...found].map((match) => (match[1] ?? "").toLowerCase()))];
}

export interface QuickAction {
  readonly command: string;
  readonly args: string;
}

const COMMANDS = [
  "close|reopen|labels?|unlabel|remove_label|relabel|assign|unassign|reassign|title|confidential",
  "remove_assignee|remove_milestone|milestone|due|estimate|spend|lock|unlock|todo|done|subscribe|unsubscribe",
  "move|clone|duplicate|award|weight|promote|cc",
].join("|");

/**
 * Quick actions and the text left when they are taken out, by GitLab's older, line-based parser
 * (`lib/gitlab/quick_actions/extractor.rb`): carriage returns go first; only closed backtick fences, inline code
 * over lines, HTML blocks and `>>>` quotes protect, so `~~~` fences and unclosed ones do not.
 */
export function quickActions(content: string): { text: string; actions: QuickAction[] } {
  const actions: QuickAction[] = [];
  const pattern = new RegExp(
    [
      "^```[\\s\\S]+?\\n```$",
      "^[^\\n`]*`\\n[^`]+?\\n`$",
      "^<[^>]+?>\\n[\\s\\S]+?\\n</[^>]+?>$",
      "^>>>[\\s\\S]+?\\n>>>$",
      `^/(${COMMANDS})(?: ([^\\n]*))?(?:\\s*\\n|$)`,
    ].join("|"),
    "gim",
  );
  const text = content.replaceAll("\r", "").replace(pattern, (whole, command?: string, args?: string) => {
    if (command === undefined) return whole;
    actions.push({ command: command.toLowerCase(), args: (args ?? "").trim() });
    return "";
  });
  return { text: text.trimEnd(), actions };
}

/** Label names in the arguments of a quick action: `~bug ~"two words"`. */
export function labelArguments(args: string): string[] {
  return [...args.matchAll(/~(?:"([^"]+)"|([^\s~]+))/g)].map((match) => match[1] ?? match[2] ?? "");
}
