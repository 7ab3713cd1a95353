import { trimSlashes } from "../http/url.ts";

const PUBLIC = "https://gitlab.com";

/**
 * The API root, what stands right before `/projects/…`.
 * @param url root of the server, also under a relative path: `https://git.example.com/gitlab`
 * @param api the API root itself, taken as it is
 */
export function gitlabApi(url?: string, api?: string): string {
  if (api) return trimSlashes(api);
  return `${trimSlashes(url || PUBLIC).replace(/\/api\/v4$/, "")}/api/v4`;
}
