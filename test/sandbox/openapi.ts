/** Judges what the sandbox answers by GitHub's own description of its REST API. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Document, OpenAPIRouter, OpenAPIValidator } from "openapi-backend";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The whole description is 13 MB: only these operations, with their answers. */
const OPERATIONS = [
  "/user get",
  "/repos/{owner}/{repo} get",
  "/repos/{owner}/{repo}/issues get post",
  "/repos/{owner}/{repo}/issues/events get",
  "/repos/{owner}/{repo}/issues/comments/{comment_id} get patch",
  "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions get post",
  "/repos/{owner}/{repo}/issues/{issue_number} get patch",
  "/repos/{owner}/{repo}/issues/{issue_number}/assignees post delete",
  "/repos/{owner}/{repo}/issues/{issue_number}/comments get post",
  "/repos/{owner}/{repo}/issues/{issue_number}/events get",
  "/repos/{owner}/{repo}/issues/{issue_number}/labels get post",
  "/repos/{owner}/{repo}/issues/{issue_number}/labels/{name} delete",
  "/repos/{owner}/{repo}/issues/{issue_number}/timeline get",
  "/repos/{owner}/{repo}/labels get post",
  "/repos/{owner}/{repo}/labels/{name} patch",
  "/orgs/{org}/projectsV2 get",
  "/orgs/{org}/projectsV2/{project_number}/fields get post",
  "/orgs/{org}/projectsV2/{project_number}/views post",
  "/orgs/{org}/projectsV2/{project_number}/items get post",
  "/orgs/{org}/projectsV2/{project_number}/items/{item_id} patch",
  "/repos/{owner}/{repo}/hooks get",
  "/repos/{owner}/{repo}/hooks/{hook_id}/deliveries get",
  "/repos/{owner}/{repo}/hooks/{hook_id}/deliveries/{delivery_id} get",
];

const file = createRequire(import.meta.url).resolve("@octokit/openapi/generated/api.github.com.json");
const whole = JSON.parse(readFileSync(file, "utf8"));

function resolved(node: Json): Json {
  if (Array.isArray(node)) return node.map(resolved);
  if (node === null || typeof node !== "object") return node;
  if (typeof node.$ref === "string") {
    const steps = node.$ref.slice(2).split("/");
    return resolved(steps.reduce((at, key) => at[key], whole));
  }
  const { example: _, examples: __, nullable, ...rest } = node;
  const copy = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, resolved(value)]));
  if (nullable !== true) return copy;
  // Ajv takes `nullable` only beside a `type`, and null for an enum only where the enum has it.
  if (Array.isArray(copy.enum)) copy.enum = [...copy.enum, null];
  return "type" in copy ? { ...copy, nullable } : { anyOf: [copy, { type: "null" }] };
}

const paths: Record<string, Record<string, unknown>> = {};
for (const line of OPERATIONS) {
  const [path = "", ...methods] = line.split(" ");
  paths[path] = Object.fromEntries(
    methods.map((method) => {
      const { operationId, parameters, responses } = whole.paths[path][method];
      const judged = { operationId, parameters: resolved(parameters ?? []), responses: resolved(responses) };
      return [method, judged];
    }),
  );
}
const definition = { openapi: "3.0.3", info: whole.info, paths } as unknown as Document;
const router = new OpenAPIRouter({ definition });
const validator = new OpenAPIValidator({
  definition,
  router,
  lazyCompileValidators: true,
  ajvOpts: { strict: false, logger: false },
});

/** What is wrong with an answer, by GitHub's description; nothing where all is well. */
export function faultsOf(method: string, path: string, status: number, body: unknown): string[] {
  const request = { method, path: path.replace(/\?.*$/, ""), headers: {} };
  const operation = router.matchOperation(request);
  if (!operation) return [`${method} ${path}: no such operation`];
  const { errors } = validator.validateResponse(body, operation, status);
  return (errors ?? []).map((error) => `${method} ${path} ${status}: ${error.instancePath} ${error.message}`);
}
