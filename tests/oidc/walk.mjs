// A person signs in at the real provider with a real browser, and out again. Started by tests/tests/oidc.rs.
//
// node walk.mjs MODULES CHROMIUM TINGJIAN_URL
import { createRequire } from "node:module";
import { join } from "node:path";

const [modules, chromium, base] = process.argv.slice(2);
const { chromium: driver } = createRequire(join(modules, "package.json"))("playwright-core");

const same = (found, expected, what) => {
  if (found !== expected) throw new Error(`${what}: ${found}, expected ${expected}`);
};
const browser = await driver.launch({ executablePath: chromium, args: ["--no-sandbox"] });
const complaints = [];
const fresh = async () => {
  const page = await (await browser.newContext({ baseURL: base })).newPage();
  page.on("console", (message) => message.type() === "error" && complaints.push(`${page.url()}: ${message.text()}`));
  return page;
};

// At the provider: who, then whether this server may know it.
const vouched = async (page, who) => {
  await page.locator("input[name=login]").fill(who);
  await page.locator("input[name=password]").fill("any");
  await page.locator("button[type=submit]").click();
  await page.locator("button[type=submit]", { hasText: "Continue" }).click();
  await page.waitForURL(`${base}/**`);
};

const page = await fresh();
await page.goto("/causes");
await page.getByRole("link", { name: "用集团账号登录" }).click();
await vouched(page, "person-qa");
same(new URL(page.url()).pathname, "/causes", "where they wanted to go");
same(await page.locator("form[action='/sign-out'] button").getAttribute("title"), "统一小李", "who they are");
await page.goto("/account");
const account = await page.locator("main").innerText();
for (const word of ["质检分析", "物流"]) if (!account.includes(word)) throw new Error(`no ${word} in: ${account}`);

// Out here, then out there: the provider asks who it is again.
await page.locator("form[action='/sign-out'] button").click();
await page.waitForURL(/left=oidc/);
same((await page.context().request.get("/causes", { maxRedirects: 0 })).status(), 303, "signed out");
await page.getByRole("link", { name: "同时退出集团账号" }).click();
await page.locator("button[type=submit]").first().click();
await page.waitForURL(`${base}/sign-in`);
await page.getByRole("link", { name: "用集团账号登录" }).click();
same(await page.locator("input[name=login]").count(), 1, "nobody is signed in at the provider");

// Whoever changes their mind there is told so here.
await page.getByRole("link", { name: "Cancel" }).click();
await page.waitForURL(`${base}/**`);
same((await page.locator("[role=alert]").innerText()).startsWith("统一登录没有完成"), true, "cancelled");

// Whoever has no role here learns whom to ask.
const guest = await fresh();
await guest.goto("/sign-in/oidc");
await vouched(guest, "person-guest");
const words = await guest.locator("[role=alert]").innerText();
if (!words.includes("staff") || !words.includes("oidc.roles")) throw new Error(words);

const unexpected = complaints.filter((line) => line.startsWith(base) && !/status of (4|502)/.test(line));
same(unexpected.join("\n"), "", "the console");
await browser.close();
