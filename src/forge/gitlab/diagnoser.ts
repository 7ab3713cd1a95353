import { z } from "zod";
import {
  type HookEvent,
  type HookFacts,
  LATEST_DELIVERIES,
  type OpenDiagnoser,
  type Role,
  skewOf,
  type TokenKind,
} from "../diagnoser.ts";
import { parserFor, toJson } from "../http/json.ts";
import { createSender, type HttpAnswer } from "../http/send.ts";
import { type Doing, refused } from "../http/words.ts";
import { API_LIMITS } from "./client.ts";

/** https://docs.gitlab.com/security/tokens/#token-prefixes */
const PREFIXES: readonly (readonly [string, TokenKind])[] = [
  ["glcbt-", "job"],
  ["gldt-", "deploy"],
];
/** https://docs.gitlab.com/api/access_requests/#valid-access-levels */
const LEVELS: readonly (readonly [number, Role])[] = [
  [40, "admin"],
  [30, "write"],
  [15, "triage"],
  [5, "read"],
];

const userWire = z.object({ username: z.string() });
const selfWire = z.object({
  scopes: z.array(z.string()).nullish(),
  expires_at: z.string().nullish(),
});
const access = z.object({ access_level: z.number() }).nullish();
const projectWire = z.object({
  visibility: z.string().nullish(),
  archived: z.boolean().nullish(),
  issues_access_level: z.string().nullish(),
  issues_enabled: z.boolean().nullish(),
  permissions: z.object({ project_access: access, group_access: access }).nullish(),
});
const flag = z.boolean().nullish();
const hookWire = z.object({
  id: z.number(),
  url: z.string(),
  issues_events: flag,
  confidential_issues_events: flag,
  note_events: flag,
  confidential_note_events: flag,
  push_events: flag,
  enable_ssl_verification: flag,
  /** `executable`, `temporarily_disabled`, `disabled` */
  alert_status: z.string().nullish(),
  disabled_until: z.string().nullish(),
  token_present: flag,
  signing_token_present: flag,
});
const eventWire = z.object({
  created_at: z.string().nullish(),
  /** A number as text, or `internal error` where nobody answered. */
  response_status: z.union([z.string(), z.number()]).nullish(),
});
const EVENTS: readonly (readonly [keyof z.infer<typeof hookWire>, HookEvent])[] = [
  ["issues_events", "issues"],
  ["confidential_issues_events", "confidential issues"],
  ["note_events", "comments"],
  ["confidential_note_events", "confidential comments"],
  ["push_events", "push"],
];

export const gitlabDiagnoser: OpenDiagnoser = (target, deps) => {
  const sender = createSender(target, deps, { limits: API_LIMITS });
  const parse = parserFor(target);
  const root = `${target.api}/projects/${encodeURIComponent(target.project)}`;
  let skew: number | null = null;

  async function get(kind: string, url: string): Promise<HttpAnswer> {
    const sent = deps.now();
    const answer = await sender.send({
      method: "GET",
      url,
      kind: `GET ${kind}`,
      headers: {
        accept: "application/json",
        "user-agent": "daytwo",
        ...(target.token === "" ? {} : { "private-token": target.token }),
      },
    });
    skew = skewOf(answer.headers.get("date"), sent, deps.now()) ?? skew;
    return answer;
  }

  const refusal = (doing: Doing, { status, body }: HttpAnswer) =>
    refused(target, doing, { status, message: body.slice(0, 200) });

  async function deliveriesOf(hook: number): Promise<HookFacts["deliveries"]> {
    const answer = await get("hook events", `${root}/hooks/${hook}/events?per_page=${LATEST_DELIVERIES}`);
    // GitLab lists them since 17.3.
    const read = z.array(eventWire).safeParse(answer.status === 200 ? toJson(answer.body) : null);
    return (
      read.data?.map(({ created_at, response_status }) => ({
        at: Date.parse(created_at ?? ""),
        status: Number(response_status) || null,
      })) ?? null
    );
  }

  return {
    async token() {
      const doing: Doing = { what: "tell who the token belongs to", write: false, target: null };
      const [user, self] = await Promise.all([
        get("user", `${target.api}/user`),
        get("token", `${target.api}/personal_access_tokens/self`),
      ]);
      if (user.status === 401) throw refusal(doing, user);
      const account = user.status === 200 ? parse(doing, userWire, user.body).username : "";
      // Not there for a job's token, an OAuth token, or before 15.5.
      const about = self.status === 200 ? parse(doing, selfWire, self.body) : null;
      const expires = Date.parse(about?.expires_at ?? "");
      return {
        kind: kindOf(target.token, account),
        account,
        scopes: about?.scopes ?? null,
        permissions: null,
        expiresAt: Number.isNaN(expires) ? null : expires,
      };
    },
    async project() {
      const doing: Doing = { what: "see the project", write: false, target: null };
      const answer = await get("project", root);
      if (answer.status !== 200) throw refusal(doing, answer);
      const wire = parse(doing, projectWire, answer.body);
      const { project_access: own, group_access: above } = wire.permissions ?? {};
      const level = Math.max(own?.access_level ?? 0, above?.access_level ?? 0);
      return {
        private: wire.visibility !== "public",
        archived: wire.archived ?? false,
        issues: (wire.issues_access_level ?? "enabled") !== "disabled" && (wire.issues_enabled ?? true),
        role: wire.permissions ? (LEVELS.find(([least]) => level >= least)?.[1] ?? "none") : null,
      };
    },
    async hooks() {
      const doing: Doing = { what: "list webhooks", write: false, target: null };
      const answer = await get("hooks", `${root}/hooks?per_page=100`);
      if ([401, 403, 404].includes(answer.status)) return null;
      if (answer.status !== 200) throw refusal(doing, answer);
      const hooks = parse(doing, z.array(hookWire), answer.body);
      return Promise.all(
        hooks.map(async (hook): Promise<HookFacts> => {
          const { id, url, alert_status: status, signing_token_present: signs, token_present: plain } = hook;
          const until = Date.parse(hook.disabled_until ?? "");
          return {
            id,
            url,
            active: true,
            events: EVENTS.flatMap(([key, event]) => (hook[key] ? [event] : [])),
            secret: signs ? "signed" : plain ? "plain" : signs == null && plain == null ? null : "none",
            verifiesTls: hook.enable_ssl_verification ?? true,
            disabled:
              status === "disabled"
                ? "for good"
                : status === "temporarily_disabled"
                  ? { until: Number.isNaN(until) ? deps.now() : until }
                  : null,
            deliveries: await deliveriesOf(id),
          };
        }),
      );
    },
    skew: () => skew,
  };
};

/** Bots of projects and groups are named by GitLab: https://docs.gitlab.com/user/project/settings/project_access_tokens/#bot-users-for-projects */
function kindOf(token: string, account: string): TokenKind {
  const known = PREFIXES.find(([prefix]) => token.startsWith(prefix))?.[1];
  if (known) return known;
  const bot = /^(project|group)_\d+_bot/.exec(account)?.[1];
  return bot === "project" || bot === "group" ? bot : "personal";
}
