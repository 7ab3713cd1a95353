/** The page in a real browser: it asks nobody for anything, filters, sorts, and is good by keyboard, in the dark, on a
 * phone and on paper. Screenshots go into a folder of the system's for temporary files. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import chromium from "@sparticuz/chromium";
import axe from "axe-core";
import { type Browser, chromium as driver, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { boardPage } from "../../src/report/board/page.ts";
import { monday } from "./boards.ts";

const folder = mkdtempSync(join(tmpdir(), "daytwo-board-"));
const file = join(folder, "board.html");
const url = pathToFileURL(file).href;

let browser: Browser;
let page: Page;
const said: string[] = [];
const asked: string[] = [];

beforeAll(async () => {
  writeFileSync(file, boardPage(monday()));
  // In a single process the first page that closes takes the browser with it.
  const args = chromium.args.filter((arg) => arg !== "--single-process");
  browser = await driver.launch({ executablePath: await chromium.executablePath(), args });
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("dialog", (dialog) => said.push(`dialog ${dialog.message()}`));
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(url);
});
afterAll(() => browser?.close());

const shot = (name: string) => page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
const numbers = (on = page) =>
  on.locator("#requests tbody tr:not([hidden]) td:first-child").allTextContents();

const pick = (name: string) => page.getByRole("combobox", { name });

/** What axe finds that is serious, in words; its rules run in the page's own policy, so they are put in by the driver. */
async function serious(rules: readonly string[] | null): Promise<string[]> {
  await page.evaluate(axe.source);
  const options = { resultTypes: ["violations"], ...(rules ? { runOnly: rules } : {}) };
  const found = await page.evaluate(`axe.run(${JSON.stringify(options)})`);
  const { violations } = found as {
    violations: { impact: string; id: string; nodes: { html: string }[] }[];
  };
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

describe("the board's page", () => {
  it("shows without an error and without asking anybody for anything", async () => {
    expect(said).toEqual([]);
    expect(asked).toEqual([url]);
    expect(await page.title()).toBe("Access requests of acme/requests");
    expect(await page.locator("svg[role=img]").count()).toBe(2);
    expect(await page.locator("body script").count()).toBe(1);
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.locator("#requests").textContent()).toContain("</script><script>alert(1)</script>");
    await shot("light");
  });

  it("filters by words, state, person and system, and says how many are left", async () => {
    const status = page.locator("#shown");
    expect(await status.textContent()).toBe("8 of 8 requests");
    await pick("State").selectOption("On Hold");
    expect(await numbers()).toEqual(["#4", "#5", "#6"]);
    expect(await status.textContent()).toBe("3 of 8 requests");
    await pick("System").selectOption("salesforce");
    expect(await numbers()).toEqual(["#4", "#5"]);
    await pick("Who").selectOption("sam");
    expect(await numbers()).toEqual(["#4"]);
    await pick("Who").selectOption("nobody");
    expect(await numbers()).toEqual(["#5"]);
    for (const label of ["State", "System", "Who"]) await pick(label).selectOption("any");
    await page.getByRole("searchbox", { name: "Words" }).fill("person 7 REOPENED");
    expect(await numbers()).toEqual(["#7"]);
    await page.getByRole("searchbox", { name: "Words" }).fill("");
    expect(await status.textContent()).toBe("8 of 8 requests");
  });

  it("sorts by a column, by keyboard alone, and says which way", async () => {
    const fresh = await browser.newPage();
    await fresh.goto(url);
    const focused = () => fresh.evaluate("document.activeElement.textContent.trim()");
    await fresh.keyboard.press("Tab");
    expect(await focused()).toBe("Skip to what needs somebody now");
    for (let i = 0; i < 80 && (await focused()) !== "Opened"; i++) await fresh.keyboard.press("Tab");
    expect(await focused()).toBe("Opened");
    await fresh.keyboard.press("Enter");
    const head = fresh.locator("#requests th", { hasText: "Opened" });
    expect(await head.getAttribute("aria-sort")).toBe("ascending");
    expect(await numbers(fresh)).toEqual(["#7", "#4", "#9", "#3", "#5", "#2", "#6", "#1"]);
    await fresh.keyboard.press("Space");
    expect(await head.getAttribute("aria-sort")).toBe("descending");
    expect((await numbers(fresh))[0]).toBe("#1");
    await fresh.locator("#requests th button", { hasText: "Request" }).click();
    expect(await head.getAttribute("aria-sort")).toBeNull();
    expect((await numbers(fresh))[0]).toBe("#1");
    await fresh.close();
  });

  it.each(["light", "dark"] as const)("axe finds nothing serious, %s", async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    if (colorScheme === "dark") await shot("dark");
    // What the dark changes is colours.
    expect(await serious(colorScheme === "dark" ? ["color-contrast"] : null)).toEqual([]);
    const paper = await page.evaluate("getComputedStyle(document.body).backgroundColor");
    expect(paper).toBe(colorScheme === "dark" ? "rgb(13, 17, 23)" : "rgb(255, 255, 255)");
  });

  it("fits a phone: only tables scroll sideways", async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate("document.scrollingElement.scrollWidth")).toBe(360);
    await shot("phone");
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  it("prints, without the filter", async () => {
    await page.emulateMedia({ media: "print" });
    expect(await page.locator("#filter").isVisible()).toBe(false);
    const pdf = await page.pdf({ path: join(folder, "board.pdf"), format: "A4" });
    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
    await page.emulateMedia({ media: null });
  });

  it("is whole without its script", async () => {
    const plain = await browser.newPage({ javaScriptEnabled: false });
    await plain.goto(url);
    expect(await plain.locator("#requests tbody tr").count()).toBe(8);
    expect(await plain.locator("#filter").isVisible()).toBe(false);
    await plain.close();
  });

  it("has still said nothing and asked for nothing", () => {
    expect(said).toEqual([]);
    expect(asked).toEqual([url]);
  });
});
