import fc from "fast-check";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { describe, expect, it } from "vitest";
import { commandLines } from "../../../src/engine/commands/lines.ts";

const typed = (body: string) =>
  commandLines(body).map(({ name, rest }) => (rest === "" ? name : `${name} ${rest}`));

describe("a line is a command", () => {
  it.each([
    ["alone", "/ar take", ["take"]],
    ["in any case", "/AR Take", ["take"]],
    ["with white space around", "   /ar \t take  ", ["take"]],
    ["bare", "/ar", [""]],
    ["among prose", "Thanks!\n/ar take\nSee you.", ["take"]],
    ["several to a comment", "/ar take\n/ar hold x\n\n/ar help", ["take", "hold x", "help"]],
    ["with Windows line ends", "Hi\r\n/ar take\r\n/ar help\r\n", ["take", "help"]],
    ["with old Mac line ends", "Hi\r/ar take\r/ar help", ["take", "help"]],
    ["above a signature's rule", "/ar take\n---\nSam", ["take"]],
    ["right below a quote", "> can you?\n/ar take", ["take"]],
    ["after a quote", "> can you?\n\n/ar take", ["take"]],
    ["right below a list", "- one\n/ar take", ["take"]],
    ["after a comment", "<!-- a -->\n\n/ar take", ["take"]],
    ["after a comment within a line", "a <!-- b --> c\n/ar take", ["take"]],
    ["after a comment nobody closed within its paragraph", "a <!-- b\n/ar take", ["take"]],
    ["after a closed fence", "```\nx\n```\n/ar take", ["take"]],
    ["copied from a text of daytwo's", "\u200b/ar take", ["take"]],
    ["with a no-break space", "/ar\u00a0take", ["take"]],
    ["without its controls", "/ar ta\u0000ke \u202efoo", ["take foo"]],
  ])("%s", (_, body, expected) => {
    expect(typed(body)).toEqual(expected);
  });

  it.each([
    ["within a line", "please /ar take"],
    ["another word", "/archive\n/arrr take\n/ar-take\n/ar/take"],
    ["escaped", "\\/ar take"],
    ["indented as code", "    /ar take"],
    ["indented by a tab", "\t/ar take"],
    ["in a fence", "```\n/ar take\n```"],
    ["in a tilde fence", "~~~ sh\n/ar take\n~~~"],
    ["in a fence nobody closed", "```\n/ar take"],
    ["in a quote", "> /ar take\n> /ar help"],
    ["in a nested quote", "> > /ar take"],
    ["in a list", "- /ar take\n1. /ar help"],
    ["in a comment block", "<!--\n/ar take\n-->"],
    ["in a comment nobody closed", "<!--\n\n/ar take"],
    ["in a comment within a paragraph", "a <!-- b\n/ar take\n--> c"],
    ["in HTML", "<details>\n/ar take\n</details>"],
    ["in a table", "| a |\n| - |\n/ar take"],
    ["a heading", "# /ar take"],
    ["nothing", ""],
  ])("not %s", (_, body) => {
    expect(typed(body)).toEqual([]);
  });

  it("is read up to a thousand characters, in no time at any size", () => {
    expect(typed(`/ar hold ${"x".repeat(5000)}`)[0]?.length).toBeLessThan(1000);
    const began = performance.now();
    for (const hostile of ["<!--\n-->\n/ar take\n", "/ar take\n", "<!-- /ar\n", "> /ar\n", "`/ar\n"]) {
      commandLines(hostile.repeat(20_000));
    }
    expect(performance.now() - began).toBeLessThan(3000);
  });
});

describe("against a whole Markdown parser", () => {
  const piece = fc.constantFrom(
    "/ar take",
    "  /ar help",
    "    /ar take",
    "> /ar take",
    "> quoted",
    "- item",
    "  more",
    "```",
    "~~~",
    "<!--",
    "-->",
    "a <!-- b",
    "c --> d",
    "<details>",
    "</details>",
    "# heading",
    "---",
    "prose",
    "",
    "",
  );

  it("a command is a line of text that no quote, code or comment holds", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const body = pieces.join("\n");
        expect(commandLines(body).length).toBe(witness(body));
      }),
      { numRuns: 1000 },
    );
  });
});

/** Lines that start with the word and that the parser shows as text at their start. */
function witness(body: string): number {
  const starts = new Set<number>();
  const tree = fromMarkdown(body, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  const visit = (node: { type: string; value?: string; position?: unknown; children?: unknown[] }): void => {
    const { start, end } = (node.position ?? {}) as Record<"start" | "end", { offset: number }>;
    if (node.type === "text") {
      for (let at = start.offset; at < end.offset; at++) starts.add(at);
    }
    for (const child of node.children ?? []) visit(child as typeof node);
  };
  visit(tree);
  let found = 0;
  for (let start = 0; start < body.length; ) {
    const head = /^ {0,3}\/ar(?!\S)/.exec(body.slice(start, start + 8));
    if (head && starts.has(start + head[0].length - 1)) found++;
    const next = body.indexOf("\n", start);
    start = next < 0 ? body.length : next + 1;
  }
  return found;
}
