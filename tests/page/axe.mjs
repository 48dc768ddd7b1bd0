// SPDX-License-Identifier: MIT
// How a page is looked at: in each view and scheme, by axe-core, with nothing
// wider than the window and no error in the console.
import {readFileSync} from "node:fs";
import {createRequire} from "node:module";

export const views = {
  phone: {width: 360, height: 740}, desk: {width: 1280, height: 900},
};
export const schemes = ["light", "dark"];

export class Look {
  static async begin(modules, chromium, shots) {
    const puppeteer = createRequire(modules + "/")("puppeteer-core");
    const look = new Look();
    look.axe = readFileSync(modules + "/axe-core/axe.min.js", "utf8");
    look.shots = shots;
    look.faults = [];
    look.browser = await puppeteer.launch({
      executablePath: chromium, headless: true,
      args: ["--no-sandbox", "--disable-gpu"],
    });
    return look;
  }

  async open(url, view, scheme, script = true) {
    const page = await this.browser.newPage();
    page.on("console", (message) => {
      if (message.type() === "error") {
        this.faults.push("console: " + message.text());
      }
    });
    page.on("pageerror", (error) => this.faults.push("script: " + error.message));
    await page.setViewport(views[view]);
    await page.emulateMediaFeatures(
        [{name: "prefers-color-scheme", value: scheme}]);
    await page.setJavaScriptEnabled(script);
    await page.goto(url, {waitUntil: "load"});
    return page;
  }

  /// axe-core runs in a world of its own, which the page's policy lets be.
  async judge(page, name) {
    const client = await page.createCDPSession();
    const {frameTree} = await client.send("Page.getFrameTree");
    const {executionContextId} = await client.send(
        "Page.createIsolatedWorld",
        {frameId: frameTree.frame.id, worldName: "axe"});
    const run = async (expression) => (await client.send("Runtime.evaluate", {
      expression, contextId: executionContextId, awaitPromise: true,
      returnByValue: true,
    })).result.value;
    await run(this.axe + ";0");
    const found = await run(
        "axe.run(document).then((all) => all.violations.map((one) => one.id + " +
        "': ' + one.nodes.map((node) => node.target).join(' ')))");
    for (const one of found) this.faults.push(`${name}: ${one}`);
    const wide = await run("document.documentElement.scrollWidth > " +
                           "document.documentElement.clientWidth");
    if (wide) this.faults.push(`${name}: is wider than the window`);
    await page.screenshot({path: `${this.shots}/${name}.png`, fullPage: true});
    console.log(`${name}: ${found.length} violations`);
    return run;
  }

  async end() {
    await this.browser.close();
    for (const fault of this.faults) console.log("FAULT " + fault);
    process.exit(this.faults.length === 0 ? 0 : 1);
  }
}
