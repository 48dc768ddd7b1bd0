// SPDX-License-Identifier: MIT
// node reports.mjs NODE_MODULES CHROMIUM FOLDER SCREENSHOTS; see run-reports.
import {readdirSync} from "node:fs";
import {Look, schemes, views} from "./axe.mjs";

const [modules, chromium, folder, shots] = process.argv.slice(2);
const look = await Look.begin(modules, chromium, shots);

/// Each thing to be reached by the tabulator, in the order of the document.
async function tab(page, name) {
  const wanted = await page.$$eval(
      "summary, [tabindex='0']", (all) => all.length);
  let reached = 0;
  for (; reached < wanted; ++reached) {
    await page.keyboard.press("Tab");
    const is_there = await page.evaluate(
        () => document.activeElement !== document.body);
    if (!is_there) break;
    const outline = await page.evaluate(
        () => getComputedStyle(document.activeElement).outlineStyle);
    if (outline === "none") look.faults.push(`${name}: focus can't be seen`);
  }
  if (reached !== wanted) {
    look.faults.push(`${name}: ${reached} of ${wanted} reached by keyboard`);
  }
}

for (const file of readdirSync(folder).filter((one) => one.endsWith(".html"))) {
  const url = `file://${folder}/${file}`;
  for (const view of Object.keys(views)) {
    for (const scheme of schemes) {
      const name = `${file.replace(".html", "")}-${view}-${scheme}`;
      const page = await look.open(url, view, scheme);
      page.on("request", (one) => look.faults.push(`${name}: asks for ${one.url()}`));
      await look.judge(page, name);
      if (view === "desk" && scheme === "light") await tab(page, name);
      for (const one of await page.$$("summary")) await one.press("Enter");
      await look.judge(page, name + "-open");
      const dialogs = await page.$$eval("script", (all) => all.length);
      if (dialogs !== 0) look.faults.push(`${name}: has a script`);
      await page.close();
    }
  }
}
await look.end();
