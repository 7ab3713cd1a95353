/** Reading a list to its end: known pages at once, the others as soon as their addresses are known. */
import type { PageCache } from "../forge.ts";
import { atPage, pageOf } from "./url.ts";

/** One page as the wire gave it, already mapped to what we keep. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Entries on the wire before any was left out; a full page may have a successor nobody told us of. */
  readonly size: number;
}

export type PageAnswer<T> =
  /** `next` as the answer tells it afresh: GitHub's entity tag does not cover the `Link` header. Absent: not told. */
  | { readonly changed: false; readonly next?: string | null }
  | {
      readonly changed: true;
      readonly etag: string | null;
      readonly page: Page<T>;
      readonly next: string | null;
      /** The last page where the forge says, as an address like the first. */
      readonly last: string | null;
    };

interface ListRead<T> {
  /** Address of the first page, with everything that identifies the list. */
  readonly first: string;
  readonly perPage: number;
  /** Null for a list that is not worth remembering. */
  readonly cache: PageCache | null;
  /** Whether a page ends what is wanted of the list: then pages are read one after the other, and no further. */
  readonly enough?: (items: readonly T[]) => boolean;
  /** Asks for one page; `etag` makes the request conditional. */
  readonly ask: (url: string, etag: string | null) => Promise<PageAnswer<T>>;
}

/** Bump when what adapters keep of an issue changes, so that older remembered pages are not taken for it. */
const SHAPE = "1";

interface Known<T> {
  readonly page: Page<T>;
  readonly next: string | null;
}

/**
 * All items of a list, in the forge's order. Pages that the cache knows are asked for at the same time, as
 * conditional requests; beyond them, numbered pages are asked for at the same time and keyset pages in turn.
 * How many requests run at once is the sender's business.
 */
export async function readPages<T>({ first, perPage, cache, enough, ask }: ListRead<T>): Promise<T[]> {
  const done = new Map<string, Promise<Known<T> & { last: string | null }>>();

  function fetchPage(url: string) {
    const running = done.get(url) ?? load(url);
    done.set(url, running);
    return running;
  }

  async function load(url: string): Promise<Known<T> & { last: string | null }> {
    const kept = cache?.get(`${url}#${SHAPE}`) ?? null;
    const answer = await ask(url, kept?.etag ?? null);
    if (!answer.changed) {
      if (kept === null) throw new Error(`${url} answered 304 to a request without an entity tag`);
      const page = kept.page as Page<T>;
      const next = answer.next === undefined ? (kept.next ?? successor(url, page)) : answer.next;
      if (next !== kept.next) cache?.set(`${url}#${SHAPE}`, { etag: kept.etag, page, next });
      return { page, next, last: null };
    }
    const { etag, page, last } = answer;
    // A full last page will not change when a successor comes: its place is asked for as well, and remembered empty.
    const next = answer.next ?? (etag !== null && cache ? successor(url, page) : null);
    if (etag !== null) cache?.set(`${url}#${SHAPE}`, { etag, page, next });
    return { page, next, last };
  }

  /** Where the page after a full one is or would be. */
  function successor(url: string, page: Page<T>): string | null {
    const at = pageOf(url);
    return page.size >= perPage && at !== null ? atPage(url, at + 1) : null;
  }

  for (let url: string | null = first; url !== null; url = cache?.get(`${url}#${SHAPE}`)?.next ?? null) {
    if (done.has(url) || enough) break;
    fetchPage(url).catch(() => undefined);
  }

  const items: T[] = [];
  const seen = new Set<string>();
  for (let url: string | null = first; url !== null && !seen.has(url); ) {
    seen.add(url);
    const { page, next, last }: Known<T> & { last: string | null } = await fetchPage(url);
    items.push(...page.items);
    if (enough?.(page.items)) break;
    const end = enough ? null : pageOf(last);
    const at = pageOf(next);
    if (next !== null && end !== null && at !== null) {
      for (let n = at; n <= end; n++) fetchPage(atPage(next, n)).catch(() => undefined);
    }
    url = next;
  }
  return items;
}
