/** `check --against`: the configuration checked, and what it would make daytwo do that another does not. */
import { relative, resolve } from "node:path";
import { differenceOf } from "../../plan/difference.ts";
import { loadConfigFrom, type Read } from "../../run/config.ts";
import { type Errand, look } from "../../run/reconcile.ts";
import { EXIT, Invalid, type Io, progress } from "../io.ts";
import { differenceText, faultsText, REVIEW_KEY, reviewFrom } from "../review.ts";
import { type Common, instantFrom } from "../session.ts";
import { changeJson, changeLines, painter, printable, problemLines } from "../show.ts";
import { wire } from "../wire.ts";

export interface CompareOptions extends Common {
  /** A folder with the configuration as it stands elsewhere: what a pull request is to be merged into. */
  readonly against: string;
  readonly comment?: boolean;
  readonly at?: string;
}

/** Both are planned with, at the same time; nothing is written but the comment. */
export async function compare(io: Io, options: CompareOptions): Promise<number> {
  const review = options.comment ? reviewFrom(io) : null;
  const after = loadConfigFrom(io.cwd, options.config);
  if (after.faults) {
    await review?.say(REVIEW_KEY, faultsText(after.faults));
    throw new Invalid(after.faults);
  }
  const there = resolve(io.cwd, options.against);
  const path = options.config && relative(io.cwd, resolve(io.cwd, options.config));
  const before = loadConfigFrom(there, path);
  const now = instantFrom(options.at, after.config, io);
  const say = progress(io, options.quiet ?? false);
  const errand: Errand = { trigger: { kind: "tick", catchUp: false }, now, subject: null };

  async function planned(read: Read) {
    if (!read.config) return { changes: [], problems: [], left: 0 };
    // Each remembers what suits its own rules, so neither remembers anything.
    const { team } = wire(read.config, read.rules, io, { onWait: say, store: null });
    const { plan, left } = await look(team, errand);
    return { ...plan, left };
  }

  say("reading…");
  const old = await planned(before);
  const next = await planned(after);
  say("");
  const difference = differenceOf(old, next);
  const left = Math.max(old.left, next.left);
  const replaces = before.config !== undefined;
  const said = await review?.say(REVIEW_KEY, differenceText(difference, { left, replaces }));

  const { added, removed, altered, problems } = difference;
  if (options.json) {
    const document = {
      errors: [],
      notes: after.notes,
      at: new Date(now).toISOString(),
      difference: {
        added: added.map(changeJson),
        removed: removed.map(changeJson),
        altered: altered.map(changeJson),
        problems,
      },
      replaces,
      left,
      comment: said ?? null,
    };
    io.out(`${JSON.stringify(document, null, 2)}\n`);
    return EXIT.done;
  }
  const paint = painter(io);
  const part = (heading: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [paint("bold", heading), ...lines.map((line) => `  ${line}`)];
  const lines = [
    paint("green", "The configuration is valid."),
    ...part("It would also:", changeLines(added, null, paint)),
    ...part("It would no longer:", changeLines(removed, null, paint)),
    ...part("It would write otherwise:", changeLines(altered, null, paint)),
    ...part("New problems:", problemLines(problems.added, paint)),
    ...part("Problems that would be gone:", problemLines(problems.removed, paint)),
    ...(said ? [`Said in ${said.url ?? "a comment"}.`] : []),
  ];
  io.out(
    printable(`${lines.length === 1 ? `${lines[0]} A tick now would do the same.` : lines.join("\n")}\n`),
  );
  return EXIT.done;
}
