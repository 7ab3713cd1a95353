/** What the environment says to an app: addresses, secrets, homes. All faults at once, and no secret in any. */
import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { ForgeKind } from "../../model.ts";
import { Invalid, type Io, type Mistake } from "../io.ts";

export interface Home {
  readonly forge: ForgeKind;
  /** `owner/repo` or `group/sub/project`. */
  readonly project: string;
}

export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly logLevel: string;
  /** The environment, with secrets that came from files in their places. */
  readonly env: Io["env"];
  readonly githubSecrets: readonly string[];
  readonly gitlabSecrets: readonly string[];
  /** Keys of GitLab's signing tokens. */
  readonly gitlabKeys: readonly Buffer[];
  /** Null: token mode. */
  readonly app: { readonly id: number; readonly privateKey: string } | null;
  readonly homes: readonly Home[];
  readonly databaseUrl: string | undefined;
  /** Where the embedded store and the cache are. */
  readonly folder: string;
}

/** Variables that may be given as the path of a file instead, under their name with `_FILE`. */
const FROM_FILES = [
  "GITHUB_TOKEN",
  "GITLAB_TOKEN",
  "PRIVATE_KEY",
  "WEBHOOK_SECRET",
  "GITLAB_WEBHOOK_SECRET",
  "GITLAB_WEBHOOK_SIGNING_TOKEN",
  "DATABASE_URL",
  "DAYTWO_BOARD_TOKEN",
] as const;
const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];

/** @throws Invalid with every fault */
export function readSettings(io: Io): Settings {
  const { mistakes, fault } = collecting();
  const env = withFiles(io, FROM_FILES, fault);
  const port = Number(env.PORT?.trim() || 3000);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    fault("PORT", "a port from 0 to 65535", `"${env.PORT}"`);
  const logLevel = env.LOG_LEVEL?.trim().toLowerCase() || "info";
  if (!LEVELS.includes(logLevel)) fault("LOG_LEVEL", `one of ${LEVELS.join(", ")}`, `"${env.LOG_LEVEL}"`);
  const settings: Settings = {
    host: env.HOST?.trim() || "127.0.0.1",
    port,
    logLevel,
    env,
    githubSecrets: listOf(env.WEBHOOK_SECRET),
    gitlabSecrets: listOf(env.GITLAB_WEBHOOK_SECRET),
    gitlabKeys: listOf(env.GITLAB_WEBHOOK_SIGNING_TOKEN).flatMap((token) => {
      const key = signingKey(token);
      if (!key) fault("GITLAB_WEBHOOK_SIGNING_TOKEN", "whsec_ and the base64 text that GitLab gave");
      return key ?? [];
    }),
    app: appOf(env, fault),
    homes: listOf(env.DAYTWO_HOMES).flatMap((text) => {
      const home = homeOf(text);
      if (!home)
        fault("DAYTWO_HOMES", "github:owner/repo or gitlab:group/project, parted by commas", `"${text}"`);
      return home ?? [];
    }),
    ...placeOf(io.cwd, env, fault),
  };
  if (mistakes.length > 0) throw new Invalid(mistakes);
  return settings;
}

/**
 * Where an app's store is.
 * @throws Invalid
 */
export function inboxPlace(io: Pick<Io, "cwd" | "env">): Pick<Settings, "databaseUrl" | "folder"> {
  const { mistakes, fault } = collecting();
  const place = placeOf(io.cwd, withFiles(io, ["DATABASE_URL"], fault), fault);
  if (mistakes.length > 0) throw new Invalid(mistakes);
  return place;
}

type Fault = (name: string, expected: string, found?: string) => void;

function collecting(): { readonly mistakes: Mistake[]; readonly fault: Fault } {
  const mistakes: Mistake[] = [];
  return {
    mistakes,
    fault(name, expected, found = "something else") {
      const message = `${name}: found ${found}, expected ${expected}`;
      mistakes.push(...Invalid.one(message, { path: name, found, expected }).mistakes);
    },
  };
}

function placeOf(cwd: string, env: Io["env"], fault: Fault): Pick<Settings, "databaseUrl" | "folder"> {
  const databaseUrl = env.DATABASE_URL?.trim() || undefined;
  if (databaseUrl !== undefined && !/^postgres(ql)?:/.test(URL.parse(databaseUrl)?.protocol ?? ""))
    fault("DATABASE_URL", "postgres://user:password@host/database");
  return { databaseUrl, folder: resolve(cwd, env.DAYTWO_DATA_DIR ?? ".daytwo") };
}

/**
 * Every forge in use needs a secret of its own, or anybody could send deliveries.
 * @throws Invalid
 */
export function demandSecrets(settings: Settings, forges: ReadonlySet<ForgeKind>): void {
  const mistakes: Mistake[] = [];
  if (forges.has("github") && settings.githubSecrets.length === 0) {
    const message =
      "WEBHOOK_SECRET is not set: without it anybody could send deliveries; set it to the secret of the GitHub webhook (two, parted by a comma, while it changes)";
    mistakes.push(
      ...Invalid.one(message, { path: "WEBHOOK_SECRET", expected: "the secret of the webhook" }).mistakes,
    );
  }
  if (forges.has("gitlab") && settings.gitlabSecrets.length + settings.gitlabKeys.length === 0) {
    const message =
      "GITLAB_WEBHOOK_SIGNING_TOKEN and GITLAB_WEBHOOK_SECRET are not set: without one of them anybody could send deliveries; set it to the signing token or secret token of the GitLab webhook";
    const path = "GITLAB_WEBHOOK_SIGNING_TOKEN";
    mistakes.push(...Invalid.one(message, { path, expected: "the signing token of the webhook" }).mistakes);
  }
  if (mistakes.length > 0) throw new Invalid(mistakes);
}

function withFiles(
  io: Pick<Io, "cwd" | "env">,
  names: readonly (typeof FROM_FILES)[number][],
  fault: Fault,
): Io["env"] {
  const env: Record<string, string | undefined> = { ...io.env };
  for (const name of names) {
    const path = io.env[`${name}_FILE`]?.trim();
    if (!path) continue;
    if (io.env[name]) {
      fault(name, `either ${name} or ${name}_FILE`, "both");
      continue;
    }
    try {
      env[name] = readFileSync(resolve(io.cwd, path), "utf8").trim();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      fault(`${name}_FILE`, "the path of a file that can be read", `"${path}" (${code})`);
    }
  }
  return env;
}

/** Parted by commas, or by lines in a file. */
const listOf = (text: string | undefined): string[] =>
  (text ?? "")
    .split(/[,\r\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== "");

/** `whsec_` and base64, https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
function signingKey(token: string): Buffer | null {
  const base64 = /^whsec_([A-Za-z0-9+/_-]{22,}={0,2})$/.exec(token)?.[1];
  return base64 === undefined ? null : Buffer.from(base64, "base64");
}

function homeOf(text: string): Home | null {
  const [, forge, project] = /^(github|gitlab):([\w.-]+(?:\/[\w.-]+)+)$/.exec(text) ?? [];
  if (!project || (forge === "github" && project.split("/").length !== 2)) return null;
  return { forge: forge as ForgeKind, project };
}

function appOf(env: Io["env"], fault: Fault): Settings["app"] {
  const id = env.APP_ID?.trim() ?? "";
  const given = env.PRIVATE_KEY?.trim() ?? "";
  if (id === "" && given === "") return null;
  if (!/^[1-9]\d*$/.test(id)) {
    fault("APP_ID", "the number of the GitHub App", id === "" ? "nothing" : `"${id}"`);
    return null;
  }
  if (given === "") {
    fault(
      "PRIVATE_KEY",
      "the private key of the GitHub App, in PRIVATE_KEY or as a file in PRIVATE_KEY_FILE",
      "nothing",
    );
    return null;
  }
  const privateKey = pemOf(given);
  if (privateKey === null) {
    fault("PRIVATE_KEY", "a private key in PEM, its line breaks possibly as \\n, or the base64 of that");
    return null;
  }
  return { id: Number(id), privateKey };
}

/** Environments that hold no line breaks have them as `\n`, or the whole in base64. */
function pemOf(given: string): string | null {
  const text = given.includes("-----BEGIN") ? given : Buffer.from(given, "base64").toString("utf8");
  try {
    return createPrivateKey(text.replaceAll("\\n", "\n")).export({ type: "pkcs8", format: "pem" }).toString();
  } catch {
    return null;
  }
}
