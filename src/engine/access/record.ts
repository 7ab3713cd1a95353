/**
 * What a request that daytwo opens for a person is about, in one hidden line of its body: people edit boxes and
 * text, and who gets or loses what can still be told. Trusted only in a body by daytwo's own account.
 */
import { z } from "zod";
import { perIssue } from "../text/body.ts";
import { findMarkers, marker, type SafeText } from "../text/safe.ts";

const text = z.string().nullable();
const wire = z.object({
  does: z.enum(["give", "revoke"]),
  name: z.string().min(1),
  email: text,
  role: text,
  region: text,
  department: text,
  systems: z.record(z.string(), text),
});

export interface AccessRecord {
  readonly does: "give" | "revoke";
  readonly name: string;
  /** An address, or null. */
  readonly email: string | null;
  /** The person's job. */
  readonly role: string | null;
  readonly region: string | null;
  readonly department: string | null;
  /** By system id: the role in the system, null where nobody has said. */
  readonly systems: Readonly<Record<string, string | null>>;
}

/** Marker of a record. */
const ACCESS = "access:";

/**
 * What is in a hidden comment is shown to nobody, yet read by parsers of many kinds: all but letters, digits and
 * JSON's own signs goes in as an escape of JSON.
 */
const escaped = (json: string): string =>
  json.replace(/[^\p{L}\p{M}\p{N} "{}:,._\\-]/gu, (char) =>
    Array.from({ length: char.length }, (_, i) => char.charCodeAt(i))
      .map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`)
      .join(""),
  );

/** The hidden line that carries a record; it may stand anywhere in a body that daytwo writes. */
export function accessMarker(record: AccessRecord): SafeText {
  const { does, name, email, role, region, department, systems } = record;
  return marker(
    `${ACCESS}${escaped(JSON.stringify({ does, name, email, role, region, department, systems }))}`,
  );
}

/** The record in a body; null where there is none that can be read. Whether its author counts is for the caller. */
export function readAccess(body: string): AccessRecord | null {
  for (const key of findMarkers(body)) {
    if (!key.startsWith(ACCESS)) continue;
    try {
      const read = wire.safeParse(JSON.parse(key.slice(ACCESS.length)));
      if (read.success) return read.data;
    } catch {
      // Somebody has edited the line: it says nothing any more.
    }
  }
  return null;
}

const recordIn = perIssue(({ body }: { readonly body: string }) => ({ record: readAccess(body) }));

/** The record in an issue's body, read once for each issue. */
export const accessOf = (issue: { readonly body: string }): AccessRecord | null => recordIn(issue).record;
