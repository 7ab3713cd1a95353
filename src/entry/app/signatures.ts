/** Whether a delivery is the forge's own. Every comparison takes the same time whatever was sent. */
import { createHash, createHmac, createSecretKey, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Instant } from "../../model.ts";

/** How old or how far ahead a signed timestamp may be: the tolerance that Standard Webhooks' libraries have. */
export const TOLERANCE_MS = 5 * 60_000;

export interface GitHubJudge {
  /** Whether it is worth reading the body. */
  hasSignature(headers: IncomingHttpHeaders): boolean;
  accepts(headers: IncomingHttpHeaders, raw: Buffer): boolean;
}

/** @param secrets several while they change; none refuses everything */
export function githubJudge(secrets: readonly string[]): GitHubJudge {
  const keys = secrets.map((secret) => createSecretKey(secret, "utf8"));
  const given = (headers: IncomingHttpHeaders) =>
    /^sha256=([0-9a-f]{64})$/i.exec(one(headers["x-hub-signature-256"]))?.[1];
  return {
    hasSignature: (headers) => given(headers) !== undefined,
    accepts(headers, raw) {
      const hex = given(headers);
      if (hex === undefined) return false;
      const signature = Buffer.from(hex, "hex");
      return any(keys, (key) => timingSafeEqual(createHmac("sha256", key).update(raw).digest(), signature));
    },
  };
}

export interface GitLabJudge {
  hasSignature(headers: IncomingHttpHeaders): boolean;
  accepts(headers: IncomingHttpHeaders, raw: Buffer, now: Instant): boolean;
}

/**
 * A delivery that carries `webhook-signature` is judged by it alone, one without by `X-Gitlab-Token`.
 * https://docs.gitlab.com/user/project/integrations/webhooks/, https://www.standardwebhooks.com
 * @param secrets secret tokens, sent plainly
 * @param signing keys of signing tokens
 */
export function gitlabJudge(secrets: readonly string[], signing: readonly Buffer[]): GitLabJudge {
  const keys = signing.map((key) => createSecretKey(key));
  const digests = secrets.map(digest);

  function isSigned(headers: IncomingHttpHeaders, raw: Buffer, now: Instant): boolean {
    const id = one(headers["webhook-id"]);
    const timestamp = one(headers["webhook-timestamp"]);
    if (id === "" || !/^\d{1,12}$/.test(timestamp)) return false;
    if (Math.abs(now - Number(timestamp) * 1000) > TOLERANCE_MS) return false;
    const signatures = one(headers["webhook-signature"])
      .split(/\s+/)
      .filter((part) => part.startsWith("v1,"))
      .map((part) => Buffer.from(part.slice(3), "base64"))
      .filter(({ length }) => length === 32);
    return any(keys, (key) => {
      const expected = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(raw).digest();
      return any(signatures, (signature) => timingSafeEqual(expected, signature));
    });
  }

  return {
    hasSignature: (headers) =>
      headers["webhook-signature"] !== undefined || headers["x-gitlab-token"] !== undefined,
    accepts(headers, raw, now) {
      if (headers["webhook-signature"] !== undefined) return isSigned(headers, raw, now);
      const token = headers["x-gitlab-token"];
      if (typeof token !== "string") return false;
      const given = digest(token);
      return any(digests, (expected) => timingSafeEqual(expected, given));
    },
  };
}

/** The id under which a GitLab delivery is known. What was signed counts before what was not. */
export function gitlabDeliveryId(headers: IncomingHttpHeaders, event: string, raw: Buffer): string {
  const signed = headers["webhook-signature"] !== undefined;
  const [id, other] = [one(headers["webhook-id"]), one(headers["idempotency-key"])];
  const told = signed ? id : other || id;
  return told !== "" && told.length <= MOST_ID ? told : contentId(event, raw);
}

export function githubDeliveryId(headers: IncomingHttpHeaders, event: string, raw: Buffer): string {
  const told = one(headers["x-github-delivery"]);
  return told !== "" && told.length <= MOST_ID ? told : contentId(event, raw);
}

const MOST_ID = 200;

/** For servers that give no id: the same content is the same delivery. */
const contentId = (event: string, raw: Buffer): string =>
  `sha256:${createHash("sha256").update(`${event}\n`).update(raw).digest("hex")}`;

/** Of equal length whatever the secret's, so that comparing tells nothing. */
const digest = (secret: string): Buffer => createHash("sha256").update(secret).digest();

/** Tries all, so that the time does not tell which one fitted. */
function any<T>(items: readonly T[], fits: (item: T) => boolean): boolean {
  let found = false;
  for (const item of items) if (fits(item)) found = true;
  return found;
}

const one = (header: string | string[] | undefined): string =>
  typeof header === "string" ? header.trim() : (header?.[0]?.trim() ?? "");
