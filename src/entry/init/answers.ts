/** What `daytwo init` has to know, and what it can find out without asking. */
import { execFileSync } from "node:child_process";
import { parseCountry } from "../../engine/time/countries.ts";
import { zoneOf } from "../../engine/time/zones.ts";
import type { ForgeKind } from "../../model.ts";
import type { Io } from "../io.ts";

export interface Answers {
  readonly forge: ForgeKind;
  /** Root of a server other than github.com or gitlab.com; "" for these. */
  readonly url: string;
  readonly requests: string;
  /** "" for none. */
  readonly onboarding: string;
  /** Handles, without "@". */
  readonly team: readonly string[];
  readonly dri: readonly string[];
  readonly country: string;
  /** "" for none. */
  readonly region: string;
  readonly timezone: string;
}

/** The flags of the command, as typed. */
export interface InitOptions {
  readonly forge?: string;
  readonly url?: string;
  readonly requests?: string;
  readonly onboarding?: string;
  readonly team?: string;
  readonly dri?: string;
  readonly country?: string;
  readonly timezone?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export interface Guess {
  readonly answers: Answers;
  /** Answers that are only examples, since nothing told better: to be put right by hand. */
  readonly examples: readonly ("requests" | "team")[];
}

const EXAMPLE = { requests: "acme/access-requests", team: ["amber", "meri", "sam"] };

/** What is known from flags, from the repository one stands in, and from the environment. */
export function guess(io: Io, options: InitOptions): Guess {
  const { env } = io;
  const remote = remoteOf(io.cwd);
  const forge = forgeOf(options.forge, remote, env);
  const ci = forge === "github" ? env.GITHUB_REPOSITORY : env.CI_PROJECT_PATH;
  const here = remote && forgeOf(undefined, remote, env) === forge ? remote : null;
  const project = ci ?? here?.path ?? null;
  const people = list(options.team ?? (forge === "github" ? env.GITHUB_ACTOR : env.GITLAB_USER_LOGIN));
  const team = people.length > 0 ? people : EXAMPLE.team;
  const dri = list(options.dri);
  const requests = (options.requests ?? project ?? EXAMPLE.requests).trim();
  // Onboarding issues may live beside the requests: one project less to begin with.
  const onboarding = (options.onboarding ?? requests).trim();
  const home = homeOf(options.country, env);
  const answers: Answers = {
    forge,
    url: options.url ?? (here ? serverOf(here, forge) : ""),
    requests,
    onboarding: /^(none|off|no|-)$/i.test(onboarding) ? "" : onboarding,
    team,
    dri: dri.length > 0 ? dri : team.slice(0, 2),
    ...home,
    timezone: options.timezone?.trim() ?? zoneIn(home.country, env),
  };
  const examples: ("requests" | "team")[] = [];
  if (options.requests === undefined && project === null) examples.push("requests");
  if (people.length === 0) examples.push("team");
  return { answers, examples };
}

/** `amber, @meri` as handles, each once. */
export const list = (text: string | undefined): string[] => [
  ...new Set((text ?? "").split(/[\s,;]+/).flatMap((part) => part.replace(/^@/, "") || [])),
];

export const FORGES: readonly ForgeKind[] = ["github", "gitlab"];
export const isForge = (text: string): text is ForgeKind => (FORGES as readonly string[]).includes(text);

interface Remote {
  readonly host: string;
  readonly path: string;
  /** Null for ssh, whose address says nothing of the web's. */
  readonly protocol: "http:" | "https:" | null;
}

/** Where `origin` is; null where there is none, or no git. */
function remoteOf(cwd: string): Remote | null {
  let address: string;
  try {
    address = execFileSync("git", ["remote", "get-url", "origin"], {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 5000,
    }).trim();
  } catch {
    return null;
  }
  return readRemote(address);
}

/** `git@github.com:acme/x.git`, `https://gitlab.example.com/group/sub/x.git`, `ssh://git@host:22/acme/x`. */
export function readRemote(address: string): Remote | null {
  const path = (text: string) => text.replace(/^\/+|\/+$/g, "").replace(/\.git$/, "");
  if (URL.canParse(address) && /^(https?|ssh|git):/.test(address)) {
    const { host, hostname, pathname, protocol } = new URL(address);
    const web = protocol === "https:" || protocol === "http:" ? protocol : null;
    const found = path(decodeURI(pathname));
    return found.includes("/") ? { host: web ? host : hostname, path: found, protocol: web } : null;
  }
  const [, host = "", rest = ""] = /^(?:[^@/\s]+@)?([\w.-]+):(?!\/\/)(.+)$/.exec(address) ?? [];
  return host !== "" && path(rest).includes("/") ? { host, path: path(rest), protocol: null } : null;
}

function forgeOf(flag: string | undefined, remote: Remote | null, env: Io["env"]): ForgeKind {
  if (flag !== undefined && isForge(flag)) return flag;
  if (remote && /gitlab/i.test(remote.host)) return "gitlab";
  if (remote && /github/i.test(remote.host)) return "github";
  if (env.GITLAB_CI !== undefined || (env.GITLAB_TOKEN && !env.GITHUB_TOKEN)) return "gitlab";
  return "github";
}

/** The server of a remote that is not the forge's own; an alias of ssh has no dot and names none. */
function serverOf({ host, protocol }: Remote, forge: ForgeKind): string {
  const own = forge === "github" ? /^((www|ssh)\.)?github\.com$/ : /^((www|altssh)\.)?gitlab\.com$/;
  return own.test(host) || !host.includes(".") ? "" : `${protocol ?? "https:"}//${host}`;
}

function homeOf(flag: string | undefined, env: Io["env"]): { country: string; region: string } {
  const locale = /^[a-z]{2,3}[_-]([A-Z]{2})\b/.exec(env.LC_ALL || env.LANG || "")?.[1];
  const given = flag?.trim() ?? locale ?? "US";
  const place = parseCountry(given);
  return place ? { country: place.country, region: place.region ?? "" } : { country: given, region: "" };
}

/** The machine's zone, unless that is a server's; then the country's. */
export function zoneIn(country: string, env: Io["env"]): string {
  const own = zoneOf(env.TZ ?? new Intl.DateTimeFormat().resolvedOptions().timeZone);
  if (own !== null && !/^(etc\/|utc$|gmt$)/i.test(own)) return own;
  if (country === "US") return "America/New_York";
  try {
    const locale = new Intl.Locale(`und-${country}`) as Intl.Locale & { getTimeZones?(): string[] };
    return locale.getTimeZones?.()?.[0] ?? "UTC";
  } catch {
    return "UTC";
  }
}
