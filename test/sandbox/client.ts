/** A plain client of an HTTP API, for tests that look at answers as they come. */
export function client(api: string, headers: Readonly<Record<string, string>>) {
  return async (
    method: string,
    path: string,
    body?: unknown,
    more: Readonly<Record<string, string>> = {},
  ) => {
    const answer = await fetch(`${api}${path}`, {
      method,
      headers: { ...headers, ...more, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get("content-type")?.includes("json") && text !== "";
    return { status: answer.status, headers: answer.headers, text, json: isJson ? JSON.parse(text) : null };
  };
}
