/** The tasks of a close as its issue shows them: what is written there counts, not what the template said. */

import type { Day } from "../../model.ts";
import { walk } from "../text/blocks.ts";
import { digest } from "../text/digest.ts";
import { type Box, boxes, headings, subject } from "../text/markdown.ts";
import { readable } from "../text/readable.ts";
import { isDay } from "../time/days.ts";
import { CARRY } from "./compose.ts";
import { AFTER } from "./plan.ts";

/** A task: a box with a due day or an owner behind its title. */
export interface CloseTask {
  /** Names the task whatever becomes of its due day and people; two tasks of one issue have two. */
  readonly id: string;
  /** The heading above it, as people read it. */
  readonly group: string | null;
  readonly title: string;
  /** Handles without "@". */
  readonly owner: string | null;
  readonly reviewer: string | null;
  /** `WD+3`. */
  readonly wd: string | null;
  readonly due: Day | null;
  /** Titles of tasks that come first. */
  readonly after: readonly string[];
  readonly box: Box;
  /** The box of its review; null where it has none. */
  readonly review: Box | null;
}

export interface CloseBody {
  readonly tasks: readonly CloseTask[];
  /** Other boxes that people have added; they are to be done, too. */
  readonly others: readonly Box[];
  /** Whether it says that what is open goes to the next month. */
  readonly carry: boolean;
}

const FACTS = /\s*\(([^()]*)\)$/;
const REVIEWED = /^Reviewed(?: \(@([^\s()]+)\))?$/i;

/** Reads a close. Nothing in it is trusted beyond what it shows. */
export function readClose(body: string): CloseBody {
  const heads = headings(body);
  const bullets = afters(body);
  const all = boxes(body);
  const found: CloseTask[] = [];
  const others: Box[] = [];
  const seen = new Map<string, number>();
  let carry = false;
  /** The task that boxes further in belong to. */
  let open: { task: Omit<CloseTask, "review">; review: Box | null; end: number } | null = null;
  const close = () => {
    if (open) found.push({ ...open.task, review: open.review });
    open = null;
  };
  all.forEach((box, index) => {
    const text = subject(box);
    const inside: boolean =
      open !== null && box.indent > open.task.box.indent && headingOf(box.line) === open.task.group;
    const reviewed = REVIEWED.exec(text);
    if (open !== null && inside && reviewed && open.review === null) {
      open.task = { ...open.task, reviewer: reviewed[1] ?? null };
      open.review = box;
      return;
    }
    const facts = factsOf(text);
    if (inside || facts === null) {
      if (readable(text) === CARRY) carry ||= box.ticked;
      else others.push(box);
      if (!inside) close();
      return;
    }
    close();
    const next =
      all.find((one, i) => i > index && one.indent <= box.indent)?.line ?? Number.POSITIVE_INFINITY;
    const group = headingOf(box.line);
    const title = readable(facts.title);
    open = {
      task: {
        id: idOf(title, seen),
        group,
        title,
        owner: facts.owner,
        reviewer: null,
        wd: facts.wd,
        due: facts.due,
        after: bullets.filter(({ line }) => line > box.line && line < next).map((one) => one.title),
        box,
      },
      review: null,
      end: next,
    };
  });
  close();
  return { tasks: found, others, carry };

  function headingOf(line: number): string | null {
    const head = heads.findLast((one) => one.line < line);
    return head ? readable(head.text) : null;
  }
}

interface Facts {
  readonly title: string;
  readonly owner: string | null;
  readonly wd: string | null;
  readonly due: Day | null;
}

/** `Title (due 2026-11-27, WD-2, owner @sam)`, each fact optional; null where there is none. */
function factsOf(text: string): Facts | null {
  const bracket = FACTS.exec(text);
  if (!bracket) return null;
  let owner: string | null = null;
  let wd: string | null = null;
  let due: Day | null = null;
  for (const fact of (bracket[1] ?? "").split(", ")) {
    const day = /^due (\S+)$/.exec(fact)?.[1];
    const handle = /^owner @(\S+)$/.exec(fact)?.[1];
    if (day !== undefined && isDay(day)) due = day;
    else if (/^WD[+-]\d{1,2}$/.test(fact)) wd = fact;
    else if (handle !== undefined) owner = handle;
    else return null;
  }
  return { title: text.slice(0, bracket.index), owner, wd, due };
}

function afters(body: string): { line: number; title: string }[] {
  const found: { line: number; title: string }[] = [];
  walk(body, ({ item, kind, at, end, number }) => {
    if (item && kind === "text" && body.startsWith(AFTER, at)) {
      found.push({ line: number, title: readable(body.slice(at + AFTER.length, end)) });
    }
  });
  return found;
}

function idOf(title: string, seen: Map<string, number>): string {
  const hash = digest(title.toLowerCase()).slice(0, 8);
  const before = seen.get(hash) ?? 0;
  seen.set(hash, before + 1);
  return before === 0 ? hash : `${hash}.${before}`;
}
