/** GitLab's list of project webhooks and of what they sent. https://docs.gitlab.com/api/project_webhooks/ */
import { Refusal } from "../../forge/memory/index.ts";
import { demand } from "../../forge/memory/rules.ts";
import { type Call, type Route, route } from "../http.ts";
import type { Attempt, Hook, Webhooks } from "../webhooks.ts";
import { here, list } from "./list.ts";
import { time } from "./wire.ts";

/** Requests are listed for this long. */
const KEPT_MS = 2 * 24 * 60 * 60_000;
const HOOKS = "/projects/:id/hooks";

export function hookRoutes(webhooks: Webhooks): readonly Route[] {
  const hooksOf = (call: Call): Hook[] => {
    const doing = here(call);
    // Maintainers, who are Developers here.
    demand(doing, "write");
    return webhooks.hooks.filter((each) => each.project.toLowerCase() === doing.project.name.toLowerCase());
  };
  const attemptsOf = (call: Call): Attempt[] => {
    const hook = hooksOf(call).find((each) => String(each.id) === call.params.hook);
    if (!hook) throw new Refusal(404, "404 Not found");
    const since = call.memory.now() - KEPT_MS;
    return webhooks.attempts.filter((each) => each.delivery.hook === hook && each.at >= since).reverse();
  };
  const hookJson = (call: Call, hook: Hook) => {
    const { project } = here(call);
    const off = hook.without ?? [];
    return {
      id: hook.id,
      url: hook.url,
      name: null,
      project_id: project.id,
      created_at: time(0),
      push_events: !off.includes("push"),
      issues_events: !off.includes("issues"),
      confidential_issues_events: hook.confidential !== false,
      note_events: !off.includes("comments"),
      confidential_note_events: hook.confidential !== false,
      enable_ssl_verification: !hook.insecure,
      alert_status:
        hook.disabled === undefined
          ? "executable"
          : hook.disabled === null
            ? "disabled"
            : "temporarily_disabled",
      disabled_until: typeof hook.disabled === "number" ? time(hook.disabled) : null,
      token_present: hook.secret !== undefined,
      signing_token_present: hook.signingToken !== undefined,
    };
  };
  return [
    route("GET", HOOKS, "hooks", (call) => list(call, hooksOf(call), (hook) => hookJson(call, hook))),
    route("GET", `${HOOKS}/:hook/events`, "hook events", (call) =>
      list(call, attemptsOf(call), ({ id, delivery, at, status, body, duration }) => ({
        id,
        url: delivery.hook.url,
        trigger: "issue_hooks",
        request_data: JSON.parse(delivery.payload),
        response_body: body,
        response_status: status === null ? "internal error" : String(status),
        execution_duration: duration,
        created_at: time(at),
      })),
    ),
  ];
}
