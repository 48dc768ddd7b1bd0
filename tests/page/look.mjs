// SPDX-License-Identifier: MIT
// node look.mjs NODE_MODULES CHROMIUM URL SCREENSHOTS; see run.
import {Look, schemes, views} from "./axe.mjs";

const [modules, chromium, url, shots] = process.argv.slice(2);
const look = await Look.begin(modules, chromium, shots);
const open = (view, scheme, script) => look.open(url, view, scheme, script);
const judge = (page, name) => look.judge(page, name);
const faults = look.faults;

for (const view of Object.keys(views)) {
  for (const scheme of schemes) {
    const page = await open(view, scheme);
    await judge(page, `${view}-${scheme}`);
    await page.close();
  }
}

const plain = await open("desk", "light", false);
await plain.screenshot({path: `${shots}/no-script.png`, fullPage: true});
const text = await plain.$eval("body", (body) => body.innerText);
if (!text.includes("v=STSv1; id=")) faults.push("without script there is no record");
await plain.close();

const page = await open("desk", "light");
const shows = (part) => page.waitForFunction(
    (wanted) => document.body.innerText.includes(wanted), {timeout: 10000}, part);
await look.browser.defaultBrowserContext().overridePermissions(
    url, ["clipboard-read", "clipboard-write", "clipboard-sanitized-write"]);
await page.bringToFront();
await page.click(".record button");
await shows("Copied");
const copied = await page.evaluate(() => navigator.clipboard.readText());
if (!copied.startsWith("v=STSv1; id=")) faults.push(`"${copied}" was copied`);
await page.evaluate(() => document.activeElement.blur());
console.log("fetch");
await shows("last 24 hours: 11");
console.log("break");
await shows("Not ready");
await judge(page, "unready-light");
await page.emulateMediaFeatures([{name: "prefers-color-scheme", value: "dark"}]);
await judge(page, "unready-dark");
console.log("mend");
await shows("Every policy host has a valid certificate");
await look.end();
