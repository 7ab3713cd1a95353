/** The outside witness: micromark and mdast with GFM, as the forges' renderers are specified. */
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";

export type Root = ReturnType<typeof fromMarkdown>;
type Nodes = Root | Root["children"][number];

/** Bare addresses read differently in every renderer, and escapes within them do too. */
const withoutAutolinks = { disable: { null: ["wwwAutolink", "protocolAutolink", "emailAutolink"] } };

export function parse(markdown: string): Root {
  return fromMarkdown(markdown, {
    extensions: [gfm(), withoutAutolinks],
    mdastExtensions: [gfmFromMarkdown()],
  });
}

/** CommonMark alone; GFM's tree builder fails on some boxes in odd places. */
export function parseCore(markdown: string): Root {
  return fromMarkdown(markdown);
}

/** Every node of a tree, parents first. */
export function* nodesOf(node: Nodes, parents: readonly Nodes[] = []): Generator<[Nodes, readonly Nodes[]]> {
  yield [node, parents];
  if ("children" in node) for (const child of node.children) yield* nodesOf(child, [...parents, node]);
}

/** The text of a node as a reader sees it: text and code, hard breaks as line breaks. */
export function textOf(node: Nodes): string {
  if (node.type === "text" || node.type === "inlineCode") return node.value;
  if (node.type === "break") return "\n";
  return "children" in node ? node.children.map(textOf).join("") : "";
}
