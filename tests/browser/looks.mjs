// Every page in both languages, wide and narrow, light and dark: it is there, fits, and is kept as a picture.
import { join } from "node:path";

import { check, pages, same } from "./pages.mjs";

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };
const MOST_BYTES = 200_000;

const look = (language, viewport, colorScheme, name) => async (world) => {
  const context = await world.context({ viewport, colorScheme }, language);
  const page = await context.newPage();
  for (const [title, path] of Object.entries(pages(world.fixtures))) {
    const answer = await page.goto(path);
    same(answer.status(), 200, path);
    same(await page.locator("html").getAttribute("lang"), language === "zh" ? "zh-CN" : "en", `${path} language`);
    same(await page.locator("h1").count(), 1, `${path} headings`);
    check((await answer.body()).length <= MOST_BYTES, `${path} is heavier than ${MOST_BYTES} bytes`);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    check(wider <= 0, `${path} is ${wider} px wider than the window`);
    const text = await page.locator("body").innerText();
    check(!/\b(column|overview|trace|filter|basis|verdict)\.[a-z_]+\b/.test(text), `${path} shows a key instead of words`);
    await page.screenshot({ path: join(world.shots, `${title}-${name}.png`), fullPage: true });
  }
  await context.close();
};

export const looks = {
  "Chinese, wide": look("zh", WIDE, "light", "zh-wide"),
  "Chinese, narrow": look("zh", NARROW, "light", "zh-narrow"),
  "Chinese, wide, dark": look("zh", WIDE, "dark", "zh-wide-dark"),
  "English, wide": look("en", WIDE, "light", "en-wide"),
  "English, narrow": look("en", NARROW, "light", "en-narrow"),

  "the language is switched where one is": async (world) => {
    const context = await world.context({ viewport: WIDE });
    const page = await context.newPage();
    await page.goto("/causes?by=lane");
    await page.getByRole("link", { name: "English" }).click();
    check(page.url().endsWith("/causes?by=lane"), `came back to ${page.url()}`);
    same(await page.locator("html").getAttribute("lang"), "en", "language");
    await context.close();
  },
};
