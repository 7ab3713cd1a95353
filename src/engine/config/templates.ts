/** Reads templates, the team's own before the shipped ones, and checks each against what it is used for. */
import { ACCESS_REVIEW } from "../review/names.ts";
import { checkText, parseText, type TemplateFault, type TextMode } from "../template/check.ts";
import { type ContextKind, contexts, type Group } from "../template/context.ts";
import type { Template } from "../template/template.ts";
import { labelKey } from "../text/fields.ts";
import { nearest } from "../text/nearest.ts";
import { type Fault, fault, type Note, type Place, show } from "./fault.ts";
import { templateFile } from "./files.ts";
import { get, items, type Located, parseYaml, text, wrong } from "./located.ts";
import { type Beside, baseName } from "./source.ts";
import { some } from "./systems.ts";
import { validate } from "./validate.ts";

/** Where the configuration names a template, and what for. */
export interface Use {
  readonly id: string;
  readonly kind: ContextKind;
  /** Null for one that daytwo itself uses. */
  readonly at: Located | null;
}

/** What templates are for whose name says it. */
const KINDS: Readonly<Record<string, ContextKind>> = {
  "new-hire": "hire",
  general: "hire",
  deprovisioning: "leaver",
  removal: "removal",
  [ACCESS_REVIEW]: "review",
  "monthly-close": "period",
  "pipeline-review": "period",
  "territory-change": "period",
  "comp-plan-change": "period",
  "forecast-model": "period",
  "process-design": "period",
  "system-audit": "period",
  "analysis-request": "period",
  "knowledge-transfer": "period",
};

/** Behind the name of a template that comes with daytwo, in place of a path. */
const SHIPPED = " (shipped)";

export interface Templates {
  readonly templates: ReadonlyMap<string, Template>;
  readonly faults: readonly Fault[];
  readonly notes: readonly Note[];
}

/**
 * @param handles of the team, in lower case: owners and reviewers of tasks are among them; null where the
 *   team itself is faulty
 */
export function readTemplates(
  files: Beside,
  folder: string,
  shipped: ReadonlyMap<string, string>,
  uses: readonly Use[],
  handles: ReadonlySet<string> | null,
): Templates {
  const sources = new Map([...shipped].map(([id, source]) => [id, { path: `${id}.md${SHIPPED}`, source }]));
  for (const path of files.glob(`${folder}/*.md`)) {
    sources.set(baseName(path), { path, source: files.read(path)?.text ?? "" });
  }
  const faults: Fault[] = [];
  const notes: Note[] = [];
  const kinds = new Map<string, ContextKind>();
  for (const { id, kind, at } of uses) {
    const other = kinds.get(id);
    if (!sources.has(id) && at !== null) {
      const issues = [...sources].flatMap(([name, { source }]) => (INPUTS.test(source) ? [] : [name]));
      const expected = `a template: ${some(issues)}`;
      faults.push(wrong(at, expected, nearest(id, issues), `the unknown template ${show(id)}`));
    } else if (other !== undefined && other !== kind && at !== null) {
      faults.push(
        wrong(at, "a template of its own", null, `the template ${id}, used for something else as well`),
      );
    } else kinds.set(id, kind);
  }
  const templates = new Map<string, Template>();
  for (const [id, { path, source }] of sources) {
    const kind = kinds.get(id) ?? KINDS[id] ?? null;
    const read = readTemplate(id, path, source, kind, handles);
    faults.push(...read.faults);
    if (read.template !== null) templates.set(id, read.template);
    // What has inputs is a form that people fill in; nothing renders it.
    if (kind === null && (read.template?.inputs ?? []).length === 0) {
      const message = `the template ${id} is used by nothing in the configuration, so its variables are not checked`;
      notes.push({ file: path, line: 1, column: 1, path: "", message });
    }
  }
  return { templates, faults, notes };
}

/** A template that is a form: people open its issues, daytwo does not. */
const INPUTS = /^inputs:/m;
const FENCE = /^---[ \t]*\r?$/;

function readTemplate(
  id: string,
  file: string,
  source: string,
  kind: ContextKind | null,
  handles: ReadonlySet<string> | null,
): { readonly template: Template | null; readonly faults: readonly Fault[] } {
  const lines = source.replace(/^\ufeff/, "").split("\n");
  const start: Place = { file, line: 1, column: 1 };
  const end = lines.findIndex((line, index) => index > 0 && FENCE.test(line));
  if (!FENCE.test(lines[0] ?? "") || end < 0) {
    const found =
      end < 0 && FENCE.test(lines[0] ?? "") ? "front matter without an end" : show(lines[0] ?? "");
    const expected = "front matter: YAML between two lines of ---";
    return { template: null, faults: [fault(start, "", { found, expected })] };
  }
  const body = lines
    .slice(end + 1)
    .join("\n")
    .replaceAll("\r\n", "\n");
  const bodyLine = end + 2;
  const { root, faults: syntax } = frontMatter(file, lines.slice(1, end).join("\n"));
  const context = contextOf(kind, root);
  const faults = [...syntax, ...checkBody(file, body, bodyLine, context)];
  if (root === null) return { template: null, faults };
  const checked = validate(templateFile, root);
  faults.push(...(checked.faults ?? []), ...checkInputs(root), ...checkFrontMatter(root, context, handles));
  const template = checked.faults ? null : { ...checked.value, id, file, kind, body, bodyLine };
  return { template, faults };
}

/** The shipped templates are the same each time, and the front matter of some is long. */
const shippedFronts = new Map<string, ReturnType<typeof parseYaml>>();

function frontMatter(file: string, source: string): ReturnType<typeof parseYaml> {
  if (!file.endsWith(SHIPPED)) return parseYaml(file, source, 1);
  const key = `${file} ${source}`;
  const known = shippedFronts.get(key) ?? parseYaml(file, source, 1);
  shippedFronts.set(key, known);
  return known;
}

/** A form is written out as it stands, so it may use nothing. */
const NOTHING: Group = { kind: "group", doc: "", fields: {} };

/** What a template may use; null where nothing says. */
function contextOf(kind: ContextKind | null, root: Located | null): Group | null {
  if (kind !== null) return contexts[kind];
  return root !== null && items(get(root, "inputs")).length > 0 ? NOTHING : null;
}

function checkBody(file: string, body: string, bodyLine: number, context: Group | null): Fault[] {
  return checkFor(body, context, "body").map((wrong) =>
    fault({ file, line: bodyLine + wrong.line - 1, column: wrong.column }, "", wrong),
  );
}

/** Where nothing says what may be used, only the syntax can be judged. */
function checkFor(source: string, context: Group | null, mode: TextMode): readonly TemplateFault[] {
  if (context !== null) return checkText(source, context, mode);
  const parsed = parseText(source);
  return "fault" in parsed ? [parsed.fault] : [];
}

/** What GitHub's issue forms refuse: https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/common-validation-errors-when-creating-issue-forms */
function checkInputs(root: Located): Fault[] {
  const inputs = items(get(root, "inputs"));
  const faults: Fault[] = [];
  const seen = { id: new Set<string>(), label: new Set<string>() };
  for (const one of inputs) {
    for (const key of ["id", "label"] as const) {
      const at = get(one, key);
      const name = text(at);
      if (at === undefined || name === undefined) continue;
      const compared = key === "label" ? labelKey(name) : name;
      if (compared === "") faults.push(wrong(at, "a heading with a letter or digit in it"));
      else if (seen[key].has(compared)) faults.push(wrong(at, `another ${key} for each input`));
      seen[key].add(compared);
    }
    const kind = text(get(one, "type"));
    const options = items(get(one, "options"));
    if ((kind === "select" || kind === "checkboxes") && options.length === 0) {
      faults.push(wrong(get(one, "type") ?? one, `${kind} with a list of options beside it`));
    }
    options.forEach((at, index) => {
      const name = text(at)?.trim().toLowerCase();
      const twice = options.slice(0, index).some((other) => text(other)?.trim().toLowerCase() === name);
      if (twice) faults.push(wrong(at, "each option once"));
      else if (name === "none")
        faults.push(wrong(at, "another word than None, which GitHub keeps for itself"));
    });
  }
  return faults;
}

function checkFrontMatter(
  root: Located,
  context: Group | null,
  handles: ReadonlySet<string> | null,
): Fault[] {
  const lines = [get(root, "title"), ...items(get(root, "labels")), ...items(get(root, "assignees"))];
  const faults = lines.flatMap((at) =>
    at === undefined ? [] : checkLine(at, (source) => checkFor(source, context, "line")),
  );
  const tasks = items(get(root, "tasks"));
  const titles = tasks.map((task) => text(get(task, "title")) ?? "");
  tasks.forEach((task, index) => {
    for (const key of ["owner", "reviewer"]) {
      const at = get(task, key);
      const handle = text(at);
      if (
        at !== undefined &&
        handle !== undefined &&
        handles !== null &&
        !handles.has(handle.toLowerCase())
      ) {
        faults.push(unknownMember(at, handle, handles));
      }
    }
    const owner = text(get(task, "owner"));
    const reviewer = get(task, "reviewer");
    if (owner !== undefined && text(reviewer)?.toLowerCase() === owner.toLowerCase()) {
      faults.push(wrong(reviewer as Located, "a reviewer who is not the owner"));
    }
    const title = get(task, "title");
    if (title !== undefined && titles.indexOf(text(title) ?? "") < index) {
      faults.push(wrong(title, "a title that no other task of this template has"));
    }
    for (const after of items(get(task, "after"))) {
      const title = text(after);
      const others = titles.filter((_, other) => other !== index);
      if (title !== undefined && !others.includes(title)) {
        faults.push(wrong(after, "the title of another task of this template", nearest(title, others)));
      }
    }
  });
  return faults;
}

export function unknownMember(at: Located, handle: string, handles: Iterable<string>): Fault {
  const team = [...handles];
  return wrong(at, `a team member: ${some(team)}`, nearest(handle, team));
}

/** Faults of a template in one YAML value, at their columns where it stands in one line. */
export function checkLine(at: Located, check: (source: string) => readonly TemplateFault[]): Fault[] {
  const source = text(at);
  if (source === undefined) return [];
  return check(source).map((wrong) => {
    const column = at.place.column + (at.indent ?? 0) + (wrong.line === 1 ? wrong.column - 1 : 0);
    return fault({ ...at.place, column }, at.path, wrong);
  });
}
