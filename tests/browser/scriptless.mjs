// Everything works without script.
import { check, same } from "./pages.mjs";

const without = (job) => async (world) => {
  const context = await world.context({ javaScriptEnabled: false });
  await job(await context.newPage(), world);
  await context.close();
};

export const scriptless = {
  "a search, its filter, its next page": without(async (page) => {
    await page.goto("/search");
    await page.locator("#page-q").fill("物流");
    await page.locator("#page-q").press("Enter");
    await page.waitForURL(/q=/);
    await page.locator(".facet a").first().click();
    await page.waitForURL(/kind=/);
    const first = await page.locator(".hit a").first().getAttribute("href");
    await page.locator("a[rel=next]").click();
    await page.waitForURL(/cursor=/);
    check((await page.locator(".hit a").first().getAttribute("href")) !== first, "another page");
  }),

  "what-if is a form": without(async (page) => {
    await page.goto("/promises?kept=80");
    same(await page.locator("#kept-shown").innerText(), "80%", "the share asked for");
    await page.locator("form button", { hasText: "计算" }).click();
    await page.waitForURL(/kept=80/);
    check(await page.locator("svg .curve").isVisible(), "the curve is drawn");
  }),

  "a review is saved": without(async (page) => {
    await page.goto("/review");
    await page.locator("form[action^='/review/'] button[type=submit]").click();
    await page.waitForURL(/after=/);
    same(await page.locator("[role=status]").count(), 1, "it says so");
  }),

  "texts from strangers stay texts": without(async (page, world) => {
    await page.goto(`/records/${encodeURIComponent(world.fixtures.hostile_record)}`);
    check((await page.locator("main").innerText()).includes("<script>"), "the text is shown as it came");
    same(await page.locator("main script").count(), 0, "and is no markup");
  }),
};
