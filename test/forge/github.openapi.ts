/** Judges what the adapter sends by GitHub's own description of its REST API. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Document, OpenAPIRouter, OpenAPIValidator } from "openapi-backend";

const OPERATIONS = [
  "/user get",
  "/users/{username} get",
  "/repos/{owner}/{repo}/assignees get",
  "/repos/{owner}/{repo}/assignees/{assignee} get",
  "/repos/{owner}/{repo}/issues get post",
  "/repos/{owner}/{repo}/issues/comments/{comment_id} patch",
  "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions post",
  "/repos/{owner}/{repo}/issues/{issue_number} get patch",
  "/repos/{owner}/{repo}/issues/{issue_number}/assignees post delete",
  "/repos/{owner}/{repo}/issues/{issue_number}/comments get post",
  "/repos/{owner}/{repo}/issues/events get",
  "/repos/{owner}/{repo}/issues/{issue_number}/events get",
  "/repos/{owner}/{repo}/issues/{issue_number}/labels post",
  "/repos/{owner}/{repo}/issues/{issue_number}/labels/{name} delete",
  "/repos/{owner}/{repo}/issues/{issue_number}/timeline get",
  "/repos/{owner}/{repo}/labels get post",
  "/repos/{owner}/{repo}/labels/{name} patch",
  "/repos/{owner}/{repo} get",
  "/orgs/{org}/projectsV2 get",
  "/orgs/{org}/projectsV2/{project_number}/fields get post",
  "/orgs/{org}/projectsV2/{project_number}/views post",
  "/orgs/{org}/projectsV2/{project_number}/items get post",
  "/orgs/{org}/projectsV2/{project_number}/items/{item_id} patch",
];

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Only our operations, only their requests, with every reference put in: the whole is 13 MB. */
function pruned(): Document {
  const file = createRequire(import.meta.url).resolve("@octokit/openapi/generated/api.github.com.json");
  const whole = JSON.parse(readFileSync(file, "utf8"));

  function resolved(node: Json): Json {
    if (Array.isArray(node)) return node.map(resolved);
    if (node === null || typeof node !== "object") return node;
    const { $ref } = node;
    if (typeof $ref === "string") {
      return resolved(
        $ref
          .slice(2)
          .split("/")
          .reduce((at, key) => at[key], whole),
      );
    }
    const { example: _, examples: __, nullable, ...rest } = node;
    const copy = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, resolved(value)]));
    // Ajv takes `nullable` only beside a `type`.
    if (nullable !== true) return copy;
    return "type" in copy ? { ...copy, nullable } : { anyOf: [copy, { type: "null" }] };
  }

  const paths: Record<string, Record<string, unknown>> = {};
  for (const line of OPERATIONS) {
    const [path = "", ...methods] = line.split(" ");
    paths[path] = {};
    for (const method of methods) {
      const { operationId, parameters, requestBody } = whole.paths[path][method];
      paths[path][method] = {
        operationId,
        parameters: resolved(parameters ?? []),
        ...(requestBody ? { requestBody: resolved(requestBody) } : {}),
        responses: {},
      };
    }
  }
  return { openapi: "3.0.3", info: whole.info, paths } as unknown as Document;
}

const definition = pruned();
const router = new OpenAPIRouter({ definition });
const validator = new OpenAPIValidator({ definition, router, ajvOpts: { strict: false, logger: false } });

/**
 * A fetch that notes every request which GitHub's description does not allow; GraphQL passes unjudged.
 * @param api the API root the adapter is given
 */
export function validatingFetch(api: string, inner: typeof fetch = fetch) {
  const operations = new Set<string>();
  const faults: string[] = [];

  function judge(url: URL, init: RequestInit): void {
    const request = {
      method: init.method ?? "GET",
      path: url.href.slice(api.length).replace(/\?.*$/, ""),
      query: Object.fromEntries(url.searchParams),
      headers: Object.fromEntries(new Headers(init.headers)),
      body: typeof init.body === "string" ? JSON.parse(init.body) : undefined,
    };
    const operation = router.matchOperation(request);
    if (operation === undefined) {
      faults.push(`${request.method} ${request.path}: no such operation`);
      return;
    }
    operations.add(operation.operationId ?? "");
    const { valid, errors } = validator.validateRequest(request, operation);
    if (!valid) faults.push(`${request.method} ${url.pathname}${url.search}: ${JSON.stringify(errors)}`);
  }

  const judged: typeof fetch = async (input, init = {}) => {
    const url = new URL(String(input));
    if (!url.pathname.endsWith("/graphql")) judge(url, init);
    return inner(input, init);
  };
  return { fetch: judged, operations, faults };
}
