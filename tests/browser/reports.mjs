// The weekly report's page: published, objected to beside a number, worked out anew; nothing of the text changes.
import { check, same } from "./pages.mjs";

const WEEK = "2026-W46";

const with_page = (job, language) => async (world) => {
  const context = await world.context({ viewport: { width: 1440, height: 900 } }, language);
  await job(await context.newPage(), world, context);
  await context.close();
};

// The ISO week of today where the organisation is: never over.
const current = () => {
  const day = new Date(Date.now() + 8 * 3_600_000);
  day.setUTCHours(0, 0, 0, 0);
  day.setUTCDate(day.getUTCDate() + 4 - (day.getUTCDay() || 7));
  const week = Math.ceil((day - Date.UTC(day.getUTCFullYear(), 0, 1) + 86_400_000) / (7 * 86_400_000));
  return `${day.getUTCFullYear()}-W${String(week).padStart(2, "0")}`;
};

export const reports = {
  "a week that is not over is refused unless it is asked for as it is": with_page(async (page, world, context) => {
    const week = current();
    await page.goto(`/reports?week=${week}`);
    check(await page.getByRole("checkbox").isVisible(), "its data are not complete");
    const answer = page.waitForResponse((response) => response.request().method() === "POST");
    await page.getByRole("button", { name: "发布", exact: true }).click();
    same((await answer).status(), 409, "status");
    const published = await (await context.request.get("/api/v1/reports/weekly")).json();
    check(!published.items.some((item) => item.week === week), "nothing was published");
  }),

  "a week is published, once": with_page(async (page) => {
    // What the parts before sent has to be attributed first.
    const deadline = Date.now() + 90_000;
    do {
      check(Date.now() < deadline, "the week's data are complete");
      await page.goto(`/reports?week=${WEEK}`);
    } while ((await page.getByRole("checkbox").count()) > 0);
    const publish = page.getByRole("button", { name: "发布", exact: true });
    const answer = page.waitForResponse((response) => response.request().method() === "POST");
    await publish.click();
    same((await answer).status(), 303, "status");
    await page.waitForURL(/week=/);
    same(await publish.count(), 0, "nothing more to publish");
    check((await page.getByRole("link", { name: WEEK, exact: true }).count()) === 1, "it is listed");
  }),

  "a department objects beside the number it disputes": with_page(async (page, world, context) => {
    const before = await (await context.request.get(`/api/v1/reports/weekly/${WEEK}`)).json();
    await page.goto(`/reports?week=${WEEK}`);
    const form = page.locator("#object");
    const about = await form.locator("option[value^='cause:']").first().getAttribute("value");
    await form.getByRole("combobox").selectOption(about);
    await form.getByLabel("以哪个部门的名义").fill("物流");
    await form.getByLabel("异议内容").fill("当周有暴雪");
    await form.getByRole("button").click();
    await page.waitForURL(/week=/);
    check(/物流[\s\S]*当周有暴雪/.test(await page.locator("#objections").innerText()), "under its name");
    await page.goto(`/reports/weekly/${WEEK}`);
    const objection = page.locator("#causes .objection", { hasText: "当周有暴雪" });
    check((await objection.count()) > 0, "beside the number, in the report");
    const after = await (await context.request.get(`/api/v1/reports/weekly/${WEEK}`)).json();
    same(JSON.stringify(after.report), JSON.stringify(before.report), "the report itself");
    same(after.sha256, before.sha256, "its hash");
  }),

  "in English, and worked out anew": with_page(async (page) => {
    await page.goto(`/reports?week=${WEEK}`);
    check(/Weekly report/.test(await page.locator("h1").innerText()), "the title");
    const rows = page.locator("table").last().locator("tbody tr");
    const editions = await rows.count();
    await page.getByRole("button", { name: "Recompute" }).click();
    await page.waitForURL(/week=/);
    check((await rows.count()) >= editions, "every edition stays");
  }, "en"),
};
