import { trimSlashes } from "../http/url.ts";

const DOT_COM = "https://api.github.com";

/**
 * Root of the REST API, what stands right before `/repos/…`.
 * @param url root of the server's web pages: GitHub Enterprise Server, or `https://SUB.ghe.com`; github.com if absent
 * @param api the API root itself, taken as it is, with or without `/api/v3`
 */
export function githubApi(url?: string, api?: string): string {
  if (api) return trimSlashes(api);
  if (!url) return DOT_COM;
  const root = trimSlashes(url);
  const { protocol, host } = new URL(root);
  if (host === "github.com" || host === "www.github.com") return DOT_COM;
  // https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency: the API has a host of its own there.
  if (host.endsWith(".ghe.com")) return `${protocol}//api.${host}`;
  return `${root}/api/v3`;
}

/** Root of the web pages, for links: `url`, or what the API root belongs to. */
export function githubWeb(url?: string, api?: string): string {
  if (url) return trimSlashes(url);
  const root = githubApi(undefined, api);
  if (root === DOT_COM) return "https://github.com";
  return root.replace(/\/api\/v3$/, "").replace(/^(https?:\/\/)api\.(.+\.ghe\.com)$/, "$1$2");
}
