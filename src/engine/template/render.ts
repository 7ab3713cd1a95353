/**
 * Renders templates. Values are made safe before Handlebars sees them, by what their description says they
 * are, so nothing a template does can let a person's raw text through.
 */
import Handlebars from "handlebars";
import { inline, isHandle, plain, type SafeText, title, vouched } from "../text/safe.ts";
import type { WorkCalendar } from "../time/calendar.ts";
import { isDay } from "../time/days.ts";
import { parseText, type TextMode } from "./check.ts";
import {
  type ContextKind,
  type ContextOf,
  contexts,
  type Fields,
  type Group,
  type Variable,
} from "./context.ts";
import { ABSENT, type Helper, helpers } from "./helpers.ts";
import { partials } from "./partials.ts";
import type { Template } from "./template.ts";

export interface Rendered {
  readonly title: SafeText;
  readonly body: SafeText;
  readonly labels: readonly string[];
  /** Handles without "@"; what does not look like one is left out. */
  readonly assignees: readonly string[];
}

/**
 * Renders a template of a loaded configuration: one that passed the check, with the context of its kind.
 * @throws Error when nothing uses the template, so that there is no telling what it may use
 */
export function renderTemplate(
  template: Template,
  context: ContextOf<Exclude<ContextKind, "closeTitle">>,
): Rendered {
  if (template.kind === null)
    throw new Error(`the template ${template.id} is used by nothing in the configuration`);
  const description = contexts[template.kind];
  const body = compiled(template.body)(prepared(description, context, "body"));
  const values = prepared(description, context, "line");
  const line = (text: string): string => plain(compiled(text)(values));
  return {
    title: title(line(template.title)),
    body: vouched(body.trim()),
    labels: template.labels.map(line).filter((label) => label !== ""),
    assignees: template.assignees
      .map((text) => line(text).replace(/^@/, ""))
      .filter((text) => isHandle(text)),
  };
}

/** The title of a monthly close. `text` passed the check of the configuration. */
export function renderCloseTitle(text: string, context: ContextOf<"closeTitle">): SafeText {
  return title(compiled(text)(prepared(contexts.closeTitle, context, "line")));
}

const SHOW = "$show";
const OPTIONS = {
  noEscape: true,
  strict: true,
  knownHelpersOnly: true,
  knownHelpers: Object.fromEntries([SHOW, ...Object.keys(helpers)].map((name) => [name, true])),
} as CompileOptions;

/** A Handlebars of our own: only our helpers, and none of the built-in ones that look around. */
const handlebars = Handlebars.create();
handlebars.unregisterHelper("lookup");
handlebars.unregisterHelper("log");
handlebars.registerHelper(
  SHOW,
  (value: unknown, options: { data: Data }) => value ?? options.data.root[ABSENCE],
);
for (const [name, helper] of Object.entries(helpers) as [string, Helper][]) {
  handlebars.registerHelper(name, (...values: unknown[]) => {
    const options = values.pop() as { hash: Record<string, string>; data: Data };
    return helper.run(values, options.hash, options.data.root[CALENDAR] ?? null);
  });
}

/** What every text has at hand beside its values; symbols, so that no template can name it. */
const ABSENCE = Symbol("absence");
const CALENDAR = Symbol("calendar");
interface Data {
  readonly root: { readonly [ABSENCE]?: SafeText; readonly [CALENDAR]?: WorkCalendar };
}

type Render = (values: object) => string;
const byText = new Map<string, Render>();

function compiled(text: string): Render {
  let render = byText.get(text);
  if (render === undefined) {
    const parsed = parseText(text);
    if ("fault" in parsed) throw new Error(`a template that did not pass the check: ${parsed.fault.found}`);
    render = handlebars.compile(new ShowValues().accepted(parsed.program), OPTIONS) as Render;
    byText.set(text, render);
  }
  return render;
}

/** Writes `{{value}}` as `{{$show value}}`, so that what is absent is said to be. */
class ShowValues extends Handlebars.Visitor {
  accepted(program: hbs.AST.Program): hbs.AST.Program {
    this.accept(program);
    return program;
  }

  override MustacheStatement(mustache: hbs.AST.MustacheStatement): void {
    const { path, params, hash, loc } = mustache;
    const called = params.length > 0 || (hash?.pairs.length ?? 0) > 0;
    // Handlebars hands the columns of a table over in an order of its own: the order is told beside them.
    const order = hash?.pairs.map(({ key }) => key).join(" ");
    const more = order ? [{ type: "StringLiteral", value: order, original: order, loc }] : [];
    const value = called
      ? ({ type: "SubExpression", path, params: [...params, ...more], hash, loc } as hbs.AST.SubExpression)
      : path;
    mustache.path = {
      type: "PathExpression",
      data: false,
      depth: 0,
      parts: [SHOW],
      original: SHOW,
      loc,
    } satisfies hbs.AST.PathExpression;
    mustache.params = [value];
    mustache.hash = undefined as unknown as hbs.AST.Hash;
  }
}

for (const [name, partial] of Object.entries(partials)) {
  handlebars.registerPartial(name, compiled(partial.text) as Handlebars.Template);
}

/** The context as Handlebars gets it: every described value, made safe; nothing else. */
function prepared(description: Group, context: object, mode: TextMode): object {
  const values = preparedGroup(description.fields, context as Record<string, unknown>, mode);
  const calendar = (context as { calendar?: WorkCalendar }).calendar;
  return Object.assign(values, {
    [ABSENCE]: mode === "body" ? ABSENT : "not given",
    ...(calendar === undefined ? {} : { [CALENDAR]: calendar }),
  });
}

function preparedGroup(
  fields: Fields,
  values: Record<string, unknown>,
  mode: TextMode,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, variable]) => [name, preparedValue(variable, values[name], mode)]),
  );
}

function preparedValue(variable: Variable, value: unknown, mode: TextMode): unknown {
  if (value === null || value === undefined) return null;
  switch (variable.kind) {
    case "group":
      return preparedGroup((variable as Group).fields, value as Record<string, unknown>, mode);
    case "list":
      return (value as readonly unknown[]).map((item) =>
        preparedValue((variable as { item: Variable }).item, item, mode),
      );
    case "text": {
      const text = mode === "body" ? inline(String(value)) : plain(String(value));
      return text === "" ? null : text;
    }
    case "url":
      return String(value).replace(
        /[\s<>()[\]\\`|"*$@]/g,
        (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
      );
    case "day":
      return isDay(String(value)) ? String(value) : null;
    case "calendar":
      return null;
    default:
      return value;
  }
}
