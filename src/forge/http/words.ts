/** The one clear line for each way a forge can refuse. Nothing here is ever given a token. */
import { ForgeError, type ForgeTarget } from "../forge.ts";
import { hostOf } from "./url.ts";

interface Words {
  readonly product: string;
  readonly token: string;
  readonly project: string;
  /** The key that names the project in `daytwo.yml`. */
  readonly key: string;
  readonly api: string;
  readonly read: string;
  readonly write: string;
}

const WORDS: Readonly<Record<ForgeTarget["forge"], Words>> = {
  github: {
    product: "GitHub",
    token: "GITHUB_TOKEN",
    project: "repository",
    key: "repo",
    api: "https://HOST/api/v3",
    read: "Issues: read",
    write: "Issues: write",
  },
  gitlab: {
    product: "GitLab",
    token: "GITLAB_TOKEN",
    project: "project",
    key: "project",
    api: "https://HOST/api/v4",
    read: "the scope read_api",
    write: "the scope api and at least the Reporter role",
  },
};

/** No answer: a wrong host, a refused connection, a certificate, a time-out. */
export function unreachable(target: ForgeTarget, code: string, cause: unknown): ForgeError {
  const host = hostOf(target.api);
  const hint =
    code === "TIMEOUT" || code === "UND_ERR_CONNECT_TIMEOUT"
      ? "it did not answer in time: check the network, or try again later"
      : code === "ENOTFOUND" || code === "EAI_AGAIN"
        ? "its name does not resolve: check `url` or `api` in daytwo.yml and the network"
        : /CERT|SIGNATURE|TLS/.test(code)
          ? `its certificate is not trusted (${code}): give Node its authority in NODE_EXTRA_CA_CERTS`
          : `${code || innermost(cause)}: check \`url\` or \`api\` in daytwo.yml and the network`;
  return new ForgeError(
    "unreachable",
    `cannot reach ${WORDS[target.forge].product} at ${host}: ${hint}`,
    null,
    { cause },
  );
}

/** `fetch` says no more than "fetch failed"; the reason is below. */
function innermost(error: unknown): string {
  if (!(error instanceof Error)) return "no answer";
  return error.cause instanceof Error ? innermost(error.cause) : error.message;
}

/** A web page where an API was expected. */
export function notAForge(target: ForgeTarget, status: number): ForgeError {
  const host = hostOf(target.api);
  const { product, api, key } = WORDS[target.forge];
  return new ForgeError(
    "unreachable",
    `${target.api} answers with a web page (HTTP ${status}), not with ${product}'s API: set \`api\` beside \`${key}\` in daytwo.yml, usually ${api.replace("HOST", host)}`,
    status,
  );
}

/** A redirect to another origin, which is not followed because it would hand the token over. */
export function movedElsewhere(target: ForgeTarget, to: URL): ForgeError {
  return new ForgeError(
    "unreachable",
    `${hostOf(target.api)} sends requests on to ${to.origin}: name that in \`url\` or \`api\` in daytwo.yml`,
  );
}

export function circular(target: ForgeTarget): ForgeError {
  return new ForgeError(
    "unreachable",
    `${target.api} redirects in a circle: check \`url\` or \`api\` in daytwo.yml`,
  );
}

/** What was being done when the forge refused. */
export interface Doing {
  /** In words, after "cannot": `add the label "x" to #4`. */
  readonly what: string;
  readonly write: boolean;
  /** What the status 404 means here when the project itself is there: `issue #4`. Null: the project. */
  readonly target: string | null;
  /** The right that this needs, where it is not the usual one. */
  readonly need?: string;
}

/** An answer of 4xx or 501, as a forge explained it. */
export interface Refusal {
  readonly status: number;
  /** The forge's own words, "" if none. */
  readonly message: string;
}

/** The error for a refusal that is not about limits. */
export function refused(target: ForgeTarget, doing: Doing, refusal: Refusal): ForgeError {
  const { status } = refusal;
  const words = WORDS[target.forge];
  const host = hostOf(target.api);
  const need = doing.need ?? (doing.write ? words.write : words.read);
  const said = refusal.message === "" ? "" : ` (${oneLine(refusal.message)})`;
  const cannot = `cannot ${doing.what} in ${target.project}`;
  switch (status) {
    case 401:
      return target.token === ""
        ? new ForgeError(
            "unauthorized",
            `${words.token} is not set: make a token for ${host} with ${need} and set it`,
            status,
          )
        : new ForgeError(
            "unauthorized",
            `${words.token} was refused by ${host}: it is wrong or has expired; make a new one with ${need}`,
            status,
          );
    case 403:
      return new ForgeError(
        "forbidden",
        doing.write
          ? `${cannot}: ${words.token} may not write there; it needs ${need}${said}`
          : `${cannot}: ${words.token} may not read that; it needs ${need}${said}`,
        status,
      );
    case 404:
      return doing.target === null
        ? new ForgeError(
            "not-found",
            `no ${words.project} ${target.project} at ${host}, or the token may not see it: check \`${words.key}\` under projects in daytwo.yml, and that ${words.token} has ${need} there`,
            status,
          )
        : new ForgeError(
            "not-found",
            `${cannot}: there is no ${doing.target}, or ${words.token} may not see it`,
            status,
          );
    case 410:
      return new ForgeError(
        "not-found",
        doing.target === null
          ? `issues are switched off in ${target.project}: switch them on in its settings${said}`
          : `${cannot}: ${doing.target} was deleted, or issues are switched off${said}`,
        status,
      );
    case 501:
      return new ForgeError("unavailable", `${cannot}: ${host} does not offer that${said}`, status);
    default:
      return new ForgeError("invalid", `${cannot}: ${host} refused it with HTTP ${status}${said}`, status);
  }
}

/** An answer that is not what the forge's API says. */
export function unreadable(target: ForgeTarget, doing: Doing, detail: string): ForgeError {
  return new ForgeError(
    "invalid",
    `cannot ${doing.what} in ${target.project}: ${hostOf(target.api)} answered something else than its API says (${oneLine(detail)}): check \`api\` in daytwo.yml`,
  );
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}
