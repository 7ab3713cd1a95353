/** GitHub's own parser of workflows. It imports JSON as bundlers take it and Node does not, so it is bundled first. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type * as Parser from "@actions/workflow-parser";
import { build } from "esbuild";

async function load(): Promise<typeof Parser> {
  const { outputFiles } = await build({
    stdin: {
      contents: 'export * from "@actions/workflow-parser"',
      resolveDir: fileURLToPath(new URL(".", import.meta.url)),
    },
    bundle: true,
    platform: "node",
    format: "esm",
    write: false,
  });
  const file = join(mkdtempSync(join(tmpdir(), "workflow-parser-")), "index.mjs");
  writeFileSync(file, outputFiles[0]?.contents ?? "");
  return import(/* @vite-ignore */ pathToFileURL(file).href);
}

const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await load();
/** Convert what can be, whatever is wrong elsewhere: `ErrorPolicy.TryConversion`. */
const TRY_CONVERSION = 1;

/** What GitHub would refuse about a workflow, in its words. */
export async function faultsOf(name: string, content: string): Promise<string[]> {
  const { context, value } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  if (value) await convertWorkflowTemplate(context, value, undefined, { errorPolicy: TRY_CONVERSION });
  return context.errors.getErrors().map(({ message }) => message);
}
