/** Tables as CSV: RFC 4180, good to open in a spreadsheet. */

export type Cell = string | number | boolean | null;

/**
 * A cell of text that starts like a formula would be run by the spreadsheet that opens it, and such text is other
 * people's: an apostrophe before it makes it text again (OWASP, CSV injection).
 */
const inert = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

function cell(value: Cell): string {
  if (value === null) return "";
  const text = typeof value === "string" ? inert(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Rows with CRLF between them, the head first. */
export const csv = (head: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  [head, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
