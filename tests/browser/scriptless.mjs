// Everything works without script.
import { check, pages, same } from "./pages.mjs";

const without = (job) => async (world) => {
  const context = await world.context({ javaScriptEnabled: false });
  await job(await context.newPage(), world);
  await context.close();
};

export const scriptless = {
  "every page opens and every form can be sent, in both languages": async (world) => {
    for (const language of ["zh", "en"]) {
      const context = await world.context({ javaScriptEnabled: false, viewport: { width: 390, height: 844 }, isMobile: true }, language);
      const page = await context.newPage();
      for (const [title, path] of Object.entries(pages(world.fixtures))) {
        same((await page.goto(path)).status(), 200, title);
        same(await page.locator("h1").count(), 1, `${title}: headings`);
        for (const form of await page.locator("form").all()) {
          const what = `${title}: ${await form.getAttribute("action")}`;
          check((await form.locator("button[type=submit]").count()) > 0, `${what} has a button`);
          if ((await form.getAttribute("method")) !== "post") continue;
          const signed = (await form.locator("input[name=form_token]").count()) + Number((await form.getAttribute("action")).includes("form_token="));
          same(signed, 1, `${what} has a token`);
        }
      }
      await context.close();
    }
  },

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
