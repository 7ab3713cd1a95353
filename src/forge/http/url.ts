/** URLs as people write them in a configuration: with or without a trailing slash. */
export function trimSlashes(url: string): string {
  return url.replace(/\/+$/, "");
}

/** Host and port of an API root, as messages name it. The text itself where it is no URL. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

/** The target of a `Link` relation (RFC 8288), or null. */
export function linkTo(header: string | null | undefined, relation: string): string | null {
  for (const part of (header ?? "").split(/,\s*(?=<)/)) {
    const match = /^\s*<([^>]*)>(.*)$/s.exec(part);
    if (
      match?.[1] !== undefined &&
      new RegExp(`;\\s*rel="?${relation}"?(?:\\s*;|\\s*$)`).test(match[2] ?? "")
    ) {
      return match[1];
    }
  }
  return null;
}

/** The same list address at another page. */
export function atPage(url: string, page: number): string {
  const copy = new URL(url);
  copy.searchParams.set("page", String(page));
  return copy.href;
}

/** The page number an address asks for, or null where it has none (keyset pages). */
export function pageOf(url: string | null): number | null {
  if (url === null || !URL.canParse(url)) return null;
  const page = Number(new URL(url).searchParams.get("page"));
  return Number.isInteger(page) && page > 0 ? page : null;
}
