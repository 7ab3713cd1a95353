/** Findings about the webhooks of a project. Pure. */
import type { HookEvent, HookFacts } from "../../forge/diagnoser.ts";
import type { ForgeKind } from "../../model.ts";
import type { Finding, Observed, ObservedProject } from "./finding.ts";

/** Where the webhook app listens, whatever stands before it. */
const PATHS: Readonly<Record<ForgeKind, string>> = {
  github: "/api/github/webhooks",
  gitlab: "/api/gitlab/webhooks",
};
/** A webhook that starts a pipeline: GitLab knows it by the token in its address and sends no secret. */
const TRIGGER = /\/trigger\/pipeline(?:\?|$)/;

/** What is missed without an event. */
const EVENTS: Readonly<Record<ForgeKind, readonly (readonly [HookEvent, Finding["severity"], string])[]>> = {
  github: [
    ["issues", "error", "changes of issues are seen at sweeps only"],
    ["comments", "error", "commands in comments are seen at sweeps only"],
    ["push", "note", "a change of the configuration is seen a quarter of an hour late"],
  ],
  gitlab: [
    ["issues", "error", "changes of issues are seen at sweeps only"],
    ["comments", "error", "commands in comments are seen at sweeps only"],
    ["confidential issues", "warning", "changes of confidential issues are seen at sweeps only"],
    ["confidential comments", "warning", "commands on confidential issues are seen at sweeps only"],
    ["push", "note", "a change of the configuration is seen a quarter of an hour late"],
  ],
};

export function hookFindings(
  observed: ObservedProject,
  { secrets, now }: Pick<Observed, "secrets" | "now">,
): Finding[] {
  const { forge, name, hooks, project } = observed;
  if ("failure" in hooks || "failure" in project) return [];
  const about = { area: "webhooks", project: name } as const;
  if (hooks.value === null) {
    const fix =
      forge === "github"
        ? "give the token Webhooks: read (a classic one admin:repo_hook), or look at them in the settings"
        : "give its account the role Maintainer, or look at them in the settings";
    return [
      {
        ...about,
        severity: "note",
        message: "the token may not read webhooks, so they were not looked at",
        fix,
      },
    ];
  }
  const ours = hooks.value.filter(({ url }) => pathOf(url).endsWith(PATHS[forge]) || TRIGGER.test(url));
  if (ours.length === 0) {
    const expected = forge === "github" ? secrets.github : secrets.gitlabSigning || secrets.gitlabPlain;
    const message = "no webhook leads to daytwo";
    return expected
      ? [
          {
            ...about,
            severity: "warning",
            message: `${message}: daytwo serve hears of nothing here`,
            fix: `add one to https://YOUR-HOST${PATHS[forge]}`,
          },
        ]
      : [{ ...about, severity: "ok", message: `${message}, and none is needed in CI`, fix: null }];
  }
  return ours.flatMap((hook) => {
    const found = [
      ...settings(hook, forge),
      ...(TRIGGER.test(hook.url) ? [] : secrecy(hook, forge, secrets)),
      ...deliveries(hook, now),
    ].map(
      (finding): Finding => ({
        ...about,
        ...finding,
        message: `the webhook to ${shown(hook.url)} ${finding.message}`,
      }),
    );
    if (found.some(({ severity }) => severity !== "note")) return found;
    return [
      {
        ...about,
        severity: "ok" as const,
        message: `the webhook to ${shown(hook.url)} is set up and answered`,
        fix: null,
      },
      ...found,
    ];
  });
}

type Part = Pick<Finding, "severity" | "message" | "fix">;

function settings({ active, events, verifiesTls, url }: HookFacts, forge: ForgeKind): Part[] {
  const found: Part[] = [];
  if (!active) found.push({ severity: "error", message: "is switched off", fix: "switch it on" });
  for (const [event, severity, missed] of EVENTS[forge]) {
    if (events.includes(event)) continue;
    // A pipeline reads the configuration of its own branch anyway.
    if (event === "push" && TRIGGER.test(url)) continue;
    found.push({
      severity,
      message: `is not sent for ${event}: ${missed}`,
      fix: `tick ${event} in its settings`,
    });
  }
  if (!verifiesTls && url.startsWith("https:")) {
    found.push({
      severity: "warning",
      message: "does not verify the certificate, so its secret can be read on the way",
      fix: "switch verification on",
    });
  }
  return found;
}

function secrecy({ secret }: HookFacts, forge: ForgeKind, secrets: Observed["secrets"]): Part[] {
  if (secret === "none") {
    const fix =
      forge === "github"
        ? "set WEBHOOK_SECRET as its secret"
        : "make a signing token for it, and set GITLAB_WEBHOOK_SIGNING_TOKEN";
    return [{ severity: "error", message: "has no secret, so daytwo serve refuses what it sends", fix }];
  }
  if (forge === "github" || secret === null) return [];
  const { gitlabSigning, gitlabPlain } = secrets;
  if (secret === "signed") {
    if (gitlabSigning || !gitlabPlain) return [];
    return [
      {
        severity: "error",
        message:
          "signs its deliveries, and only GITLAB_WEBHOOK_SECRET is set here: a signed delivery is judged by its signature alone",
        fix: "set GITLAB_WEBHOOK_SIGNING_TOKEN to its signing token",
      },
    ];
  }
  const fix = "make a signing token for it, and set GITLAB_WEBHOOK_SIGNING_TOKEN";
  if (gitlabSigning && !gitlabPlain) {
    return [
      {
        severity: "error",
        message:
          "has no signing token, and only GITLAB_WEBHOOK_SIGNING_TOKEN is set here, so daytwo serve refuses what it sends",
        fix,
      },
    ];
  }
  return [
    {
      severity: "note",
      message: "sends its secret as plain text; a signature also covers what is sent",
      fix,
    },
  ];
}

function deliveries({ disabled, deliveries: latest }: HookFacts, now: number): Part[] {
  const found: Part[] = [];
  if (disabled === "for good") {
    found.push({
      severity: "error",
      message: "was disabled after too many failures",
      fix: "mend what failed, then send a test from its settings",
    });
  } else if (disabled && disabled.until > now) {
    const until = new Date(disabled.until).toISOString();
    found.push({
      severity: "error",
      message: `is disabled until ${until}, after failures`,
      fix: "mend what failed; a test from its settings ends it",
    });
  }
  const [newest, ...others] = latest ?? [];
  if (!newest) return found;
  if (!isFine(newest.status)) {
    found.push({
      severity: "error",
      message: `failed last on ${new Date(newest.at).toISOString()}: ${reason(newest.status)}`,
      fix: cure(newest.status),
    });
    return found;
  }
  const missed = others.filter(({ status }) => !isFine(status));
  if (missed.length > 0) {
    const some = `${missed.length} of its last ${others.length + 1} deliveries`;
    found.push({
      severity: "warning",
      message: `failed for ${some}: ${reason(missed[0]?.status ?? null)}`,
      fix: "nothing now: daytwo serve asks for missed ones again and sweeps every quarter hour; see its log for the cause",
    });
  }
  return found;
}

const isFine = (status: number | null): boolean => status !== null && status >= 200 && status < 300;
const reason = (status: number | null): string =>
  status === null ? "nobody answered" : `the answer was HTTP ${status}`;

function cure(status: number | null): string {
  if (status === 401) return "its secret is not the one that is set here: set the same in both places";
  if (status === 404) return "its address leads somewhere else: check it";
  if (status === 413) return "something before daytwo takes no bodies of this size: let it take 25 MiB";
  if (status === 503) return "the store of daytwo serve cannot write, or it is stopping: see its log";
  return "check that daytwo serve runs, and that the forge can reach it";
}

const pathOf = (url: string): string => (URL.canParse(url) ? new URL(url).pathname : url).replace(/\/+$/, "");
/** Without the query, which may hold a token. */
const shown = (url: string): string => url.split(/[?#]/)[0] ?? "";
