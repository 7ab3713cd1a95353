/** GitHub's list of webhook deliveries, and redelivery. https://docs.github.com/en/rest/repos/webhooks */
import { Refusal } from "../../forge/memory/index.ts";
import { demand } from "../../forge/memory/rules.ts";
import { type Call, caller, type Route, route } from "../http.ts";
import type { Attempt, Hook, Webhooks } from "../webhooks.ts";
import { list, ok } from "./list.ts";
import { time } from "./wire.ts";

/** Deliveries are listed, and sent again, for this long. */
const KEPT_MS = 3 * 24 * 60 * 60_000;

const HOOKS = "/repos/:owner/:repo/hooks";
const EVENTS = [
  ["issues", "issues"],
  ["issue_comment", "comments"],
  ["push", "push"],
] as const;

export function hookRoutes(webhooks: Webhooks): readonly Route[] {
  const projectOf = (call: Call) => {
    const doing = call.memory.acting(caller(call), `${call.params.owner}/${call.params.repo}`);
    demand(doing, "write");
    return doing.project;
  };
  const hooksOf = (call: Call) => {
    const project = projectOf(call);
    return webhooks.hooks.filter((each) => each.project.toLowerCase() === project.name.toLowerCase());
  };
  const attemptsOf = (call: Call) => {
    const hook = hooksOf(call).find((each) => String(each.id) === call.params.hook);
    if (!hook) throw new Refusal(404, "Not Found");
    const since = call.memory.now() - KEPT_MS;
    return webhooks.attempts.filter((each) => each.delivery.hook === hook && each.at >= since).reverse();
  };
  const attemptOf = (call: Call) => {
    const found = attemptsOf(call).find((each) => String(each.id) === call.params.delivery);
    if (!found) throw new Refusal(404, "Not Found");
    return found;
  };
  const itemJson = (call: Call, attempt: Attempt) => ({
    id: attempt.id,
    guid: attempt.delivery.id,
    delivered_at: time(attempt.at),
    redelivery: attempt.redelivery,
    duration: attempt.duration,
    status:
      attempt.status === null
        ? "failed to connect to host"
        : attempt.status < 300
          ? "OK"
          : "Invalid HTTP Response",
    status_code: attempt.status ?? 502,
    event: attempt.delivery.event,
    action: attempt.delivery.action,
    installation_id: null,
    repository_id: projectOf(call).id,
    throttled_at: null,
  });
  const hookJson = (call: Call, hook: Hook) => {
    const url = `${call.api}/repos/${hook.project}/hooks/${hook.id}`;
    const last = webhooks.attempts.findLast((each) => each.delivery.hook === hook);
    return {
      type: "Repository",
      id: hook.id,
      name: "web",
      active: !hook.inactive,
      events: EVENTS.filter(([, name]) => !hook.without?.includes(name)).map(([event]) => event),
      config: {
        content_type: "json",
        url: hook.url,
        insecure_ssl: hook.insecure ? "1" : "0",
        ...(hook.secret ? { secret: "********" } : {}),
      },
      updated_at: time(0),
      created_at: time(0),
      url,
      test_url: `${url}/test`,
      ping_url: `${url}/pings`,
      deliveries_url: `${url}/deliveries`,
      last_response: { code: last?.status ?? null, status: last ? "active" : "unused", message: null },
    };
  };
  return [
    route("GET", HOOKS, "hooks", (call) => list(call, hooksOf(call), (hook) => hookJson(call, hook))),
    route("GET", `${HOOKS}/:hook/deliveries`, "deliveries", (call) =>
      list(call, attemptsOf(call), (attempt) => itemJson(call, attempt)),
    ),
    route("GET", `${HOOKS}/:hook/deliveries/:delivery`, "delivery", (call) => {
      const attempt = attemptOf(call);
      return ok({
        ...itemJson(call, attempt),
        url: attempt.delivery.hook.url,
        request: {
          headers: { "x-github-delivery": attempt.delivery.id },
          payload: JSON.parse(attempt.delivery.payload),
        },
        response: { headers: {}, payload: attempt.body },
      });
    }),
    route("POST", `${HOOKS}/:hook/deliveries/:delivery/attempts`, "redelivery", (call) => {
      webhooks.later(attemptOf(call).delivery);
      return ok({}, 202);
    }),
  ];
}
