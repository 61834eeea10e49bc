// Looks at pages of `crwl telemetry view`, of `crwl telemetry analyze` and of issue links in Chromium, as they are and with
// everything opened: nothing runs, nothing is asked for, nothing is wider than the screen, axe-core finds nothing, and the
// keyboard reaches all of it. The links of an issue page are followed to a page that shows its parameters, which is all
// that the tracker gets.
//
//   node look.mjs CHROMIUM PAGES PICTURES

import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [executablePath, pages, pictures] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SIZES = [[1280, 900], [768, 1000], [390, 844]];
// What stands in the place of the tracker.
const TRACKER = "https://github.com/owner/weather";
const faults = [];

// Both links of an issue page, by the keyboard: what arrives at the tracker is what stood on the page, and nothing came
// before it.
async function follow(context, page, address, fault) {
  const shown = await page.evaluate(() => [...document.querySelectorAll("pre")].map((block) => block.textContent));
  const fingerprint = await page.evaluate(() => document.querySelector("li code").textContent);
  const came = [];
  await context.route(/^https?:/, (route) => {
    const request = route.request();
    const { searchParams, origin, pathname } = new URL(request.url());
    came.push({ where: origin + pathname, parameters: [...searchParams], headers: request.headers(), method: request.method() });
    return route.fulfill({ contentType: "text/plain; charset=utf-8", body: JSON.stringify([...searchParams]) });
  });
  page.removeAllListeners("request");
  for (const [nth, path, expected] of [
    [0, "/issues", [["q", `is:issue ${fingerprint}`]]],
    [1, "/issues/new", [["title", shown[0]], ["body", shown[1]]]],
  ]) {
    came.length = 0;
    await page.goto(address);
    for (let stop = 0; stop <= nth; stop++) await page.keyboard.press("Tab");
    const atLink = await page.evaluate(() => document.activeElement.tagName);
    if (atLink !== "A") fault(`stop ${nth + 1} of the keyboard is ${atLink}`);
    if (came.length > 0) fault(`asks for ${came[0].where} before anybody says so`);
    await Promise.all([page.waitForURL(`${TRACKER}/**`), page.keyboard.press("Enter")]);
    const [request] = came.splice(0);
    if (request.where !== TRACKER + path || request.method !== "GET") fault(`link ${nth + 1} asks for ${request.where}`);
    if (request.headers.referer) fault(`link ${nth + 1} tells where it comes from: ${request.headers.referer}`);
    // A line end of a page is one character, as in the text.
    const [said, meant] = [request.parameters, expected].map((pairs) => JSON.stringify(pairs));
    if (said !== meant) fault(`link ${nth + 1} hands over ${said.slice(0, 300)}, and the page shows ${meant.slice(0, 300)}`);
    const answer = await page.evaluate(() => document.body.innerText);
    if (JSON.stringify(JSON.parse(answer)) !== meant) fault(`link ${nth + 1}: the tracker's page shows something else`);
  }
  await page.goto(address);
  page.on("request", (request) => request.url() === address || fault(`asks for ${request.url()}`));
  await context.unroute(/^https?:/);
}

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
for (const file of readdirSync(pages).filter((name) => name.endsWith(".html")).sort()) {
  const paper = new Set();
  for (const [width, height] of SIZES) {
    for (const colorScheme of ["light", "dark"]) {
      const where = `${file}, ${width} pixels, ${colorScheme}`;
      const fault = (what) => faults.push(`${where}: ${what}`);
      const context = await browser.newContext({ viewport: { width, height }, colorScheme });
      const page = await context.newPage();
      const isIssue = file.startsWith("issue");
      const address = pathToFileURL(resolve(pages, file)).href;
      page.on("request", (request) => request.url() === address || fault(`asks for ${request.url()}`));
      page.on("console", (message) => fault(`says ${message.text()}`));
      page.on("pageerror", (error) => fault(`fails: ${error}`));
      page.on("dialog", (dialog) => { fault(`opens a dialog: ${dialog.message()}`); dialog.dismiss(); });
      page.on("popup", () => fault("opens another page"));
      await page.goto(address);

      paper.add(await page.evaluate(() => {
        const { backgroundColor, color } = getComputedStyle(document.body);
        return `${color} on ${backgroundColor}`;
      }));
      const things = await page.evaluate(() =>
        document.querySelectorAll("script, img, iframe, object, embed, link, base, form, audio, video, [style]").length);
      if (things > 0) fault(`holds ${things} things that it must not hold`);

      const look = async (state) => {
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (wider > 0) fault(`${state}: is ${wider} pixels wider than the screen`);
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
        for (const { id, help, nodes } of violations) {
          fault(`${state}: axe ${id}: ${help}: ${nodes.length} times, ${nodes[0].html} ${nodes[0].failureSummary}`);
        }
        const name = `${file.replace(".html", "")}-${width}-${colorScheme}-${state}.png`;
        await page.screenshot({ path: join(pictures, name), fullPage: state === "closed" });
      };
      await look("closed");

      // What the keyboard comes to, in its order: the way past the head, and every thing that can be opened.
      if (width === 390 && colorScheme === "light" && !isIssue) {
        await page.keyboard.press("Tab");
        const first = await page.evaluate(() => document.activeElement.className);
        if (first !== "skip") fault(`the first stop of the keyboard is ${first}`);
        await page.keyboard.press("Enter");
        // Spans alone have no days of reports.
        const start = file === "analyze-spans.html" ? "#stands-out" : file.startsWith("analyze") ? "#days" : "#decided";
        const leads = (start) => location.hash === start && document.querySelector(start) !== null;
        if (!(await page.evaluate(leads, start))) fault("the way past the head leads nowhere");
        let summary = false;
        for (let stop = 0; stop < 30 && !summary; stop++) {
          await page.keyboard.press("Tab");
          summary = await page.evaluate(() => document.activeElement.tagName === "SUMMARY");
        }
        await page.keyboard.press("Enter");
        if (!(await page.evaluate(() => document.activeElement.parentElement.open))) fault("the keyboard opens nothing");
      }

      if (width === 390 && colorScheme === "light" && isIssue) await follow(context, page, address, fault);

      await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
      await look("open");
      await context.close();
    }
  }
  if (paper.size !== 2) faults.push(`${file}: light and dark have ${paper.size} kinds of paper: its style is not applied`);
}
await browser.close();

for (const fault of faults) console.error(fault);
console.log(`${readdirSync(pages).length} pages, ${SIZES.length} widths, light and dark: ${faults.length} faults`);
process.exit(faults.length > 0 ? 1 : 0);
