// The pages in a real browser. Started by tests/tests/browser.rs with a server that holds a simulated centre.
//
// TINGJIAN_URL, TINGJIAN_LINKS (JSON: a one-time sign-in link per account), TINGJIAN_MODULES (folder of node_modules), TINGJIAN_CHROMIUM,
// TINGJIAN_SHOTS (folder for screenshots), TINGJIAN_FIXTURES (JSON: ids to look at).
import { createRequire } from "node:module";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { accessible } from "./accessible.mjs";
import { doors } from "./doors.mjs";
import { jobs } from "./jobs.mjs";
import { keyboard } from "./keyboard.mjs";
import { looks } from "./looks.mjs";
import { numbers } from "./numbers.mjs";
import { reports } from "./reports.mjs";
import { roles } from "./roles.mjs";
import { scriptless } from "./scriptless.mjs";
import { stories } from "./stories.mjs";

const env = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
};

const modules = env("TINGJIAN_MODULES");
const require = createRequire(join(modules, "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const base = env("TINGJIAN_URL");
const shots = env("TINGJIAN_SHOTS");
mkdirSync(shots, { recursive: true });

const browser = await chromium.launch({ executablePath: env("TINGJIAN_CHROMIUM"), args: ["--no-sandbox"] });
const cookies = {};
for (const [who, link] of Object.entries(JSON.parse(env("TINGJIAN_LINKS")))) {
  const first = await browser.newContext({ baseURL: base });
  const door = await first.newPage();
  await door.goto(link);
  cookies[who] = await first.cookies();
  await first.close();
}

// What a page complains about in its console, of every page opened by any part.
const complaints = [];
const world = {
  base,
  shots,
  axe,
  fixtures: JSON.parse(env("TINGJIAN_FIXTURES")),
  complaints,
  // A fresh context that is signed in; `options` as Playwright's. `who` is an account, or nobody.
  async context(options = {}, language = "zh", who = "admin") {
    const context = await browser.newContext({ baseURL: base, reducedMotion: "reduce", ...options });
    if (who !== "nobody") await context.addCookies(cookies[who]);
    await context.addCookies([{ name: "tingjian_language", value: language, url: base }]);
    context.on("page", (page) => {
      page.on("console", (message) => {
        // Chromium says of every answer 4xx that it could not load it; tests that ask for such say so themselves.
        if (message.type() === "error" && !/status of 4/.test(message.text())) complaints.push(`${page.url()}: ${message.text()}`);
      });
      page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error}`));
    });
    return context;
  },
};

let failed = 0;
const parts = { looks, numbers, jobs, stories, keyboard, reports, scriptless, accessible, doors, roles };
// `TINGJIAN_BROWSER_PARTS=looks,numbers` walks these alone.
const wanted = process.env.TINGJIAN_BROWSER_PARTS?.split(",");
for (const [name, part] of Object.entries(parts).filter(([name]) => wanted?.includes(name) ?? true)) {
  for (const [what, test] of Object.entries(part)) {
    const begun = Date.now();
    try {
      await test(world);
      console.log(`ok   ${name}: ${what} (${Date.now() - begun} ms)`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL ${name}: ${what} (${Date.now() - begun} ms)\n${error.stack}`);
    }
  }
}
if (complaints.length > 0) {
  failed += 1;
  console.log(`FAIL console: ${complaints.length} complaints\n${complaints.slice(0, 10).join("\n")}`);
}
await browser.close();
process.exit(failed === 0 ? 0 : 1);
