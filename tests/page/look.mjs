// SPDX-License-Identifier: MIT
// node look.mjs NODE_MODULES CHROMIUM URL SCREENSHOTS; see run.
import {readFileSync} from "node:fs";
import {createRequire} from "node:module";

const [modules, chromium, url, shots] = process.argv.slice(2);
const puppeteer = createRequire(modules + "/")("puppeteer-core");
const axe = readFileSync(modules + "/axe-core/axe.min.js", "utf8");
const views = {phone: {width: 360, height: 740}, desk: {width: 1280, height: 900}};
const faults = [];
const browser = await puppeteer.launch({
  executablePath: chromium, headless: true,
  args: ["--no-sandbox", "--disable-gpu"],
});

async function open(view, scheme, script = true) {
  const page = await browser.newPage();
  page.on("console", (message) => {
    if (message.type() === "error") faults.push("console: " + message.text());
  });
  page.on("pageerror", (error) => faults.push("script: " + error.message));
  await page.setViewport(views[view]);
  await page.emulateMediaFeatures([{name: "prefers-color-scheme", value: scheme}]);
  await page.setJavaScriptEnabled(script);
  await page.goto(url, {waitUntil: "load"});
  return page;
}

/// axe-core runs in a world of its own, which the page's policy lets be.
async function judge(page, name) {
  const client = await page.createCDPSession();
  const {frameTree} = await client.send("Page.getFrameTree");
  const {executionContextId} = await client.send(
      "Page.createIsolatedWorld", {frameId: frameTree.frame.id, worldName: "axe"});
  const run = async (expression) => (await client.send("Runtime.evaluate", {
    expression, contextId: executionContextId, awaitPromise: true, returnByValue: true,
  })).result.value;
  await run(axe + ";0");
  const found = await run("axe.run(document).then((all) => all.violations.map(" +
      "(one) => one.id + ': ' + one.nodes.map((node) => node.target).join(' ')))");
  for (const one of found) faults.push(`${name}: ${one}`);
  const wide = await page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  if (wide) faults.push(`${name}: is wider than the window`);
  await page.screenshot({path: `${shots}/${name}.png`, fullPage: true});
  console.log(`${name}: ${found.length} violations`);
}

for (const view of Object.keys(views)) {
  for (const scheme of ["light", "dark"]) {
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
await browser.defaultBrowserContext().overridePermissions(
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
await browser.close();
for (const fault of faults) console.log("FAULT " + fault);
process.exit(faults.length === 0 ? 0 : 1);
