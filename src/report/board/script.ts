/**
 * What the page does in a browser: filters and sorts the table of requests. Without it the page is whole, so the
 * filter shows only where this runs.
 */
export const SCRIPT = `
(() => {
  "use strict";
  const form = document.getElementById("filter");
  const table = document.getElementById("requests");
  if (!form || !table) return;
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const said = document.getElementById("shown");
  const filter = () => {
    const wanted = new FormData(form);
    const words = String(wanted.get("text")).toLowerCase().split(/\\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      const fits = words.every((word) => text.includes(word)) &&
        ["state", "who", "system"].every((name) => {
          const value = wanted.get(name);
          return !value || JSON.parse(row.dataset[name]).includes(value);
        });
      row.hidden = !fits;
      if (fits) shown += 1;
    }
    said.textContent = shown + " of " + rows.length + " requests";
  };
  form.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const head of table.tHead.rows[0].cells) {
    const button = head.querySelector("button");
    if (!button) continue;
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const value = (row) => row.cells[head.cellIndex].dataset.sort;
      const order = (a, b) => {
        const [x, y] = [value(a), value(b)];
        const numbers = x !== "" && y !== "" && !isNaN(x) && !isNaN(y);
        return numbers ? x - y : x.localeCompare(y, "en", { numeric: true });
      };
      rows.sort((a, b) => (up ? order(a, b) : order(b, a)));
      body.append(...rows);
    });
  }
  form.hidden = false;
  filter();
})();
`;
