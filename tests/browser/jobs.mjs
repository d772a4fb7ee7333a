// What people come for, done on each page.
import { check, same } from "./pages.mjs";

const total = async (page) => Number(await page.locator("[data-total]").first().getAttribute("data-total"));

// Looks again until `found` holds: what was sent takes effect within seconds.
const until = async (page, what, found) => {
  const deadline = Date.now() + 30_000;
  while (!(await found())) {
    check(Date.now() < deadline, `waited in vain for ${what}`);
    await page.waitForTimeout(100);
    await page.reload();
  }
};

const with_page = (job, options) => async (world) => {
  const context = await world.context({ viewport: { width: 1440, height: 900 }, ...options });
  await job(await context.newPage(), world, context);
  await context.close();
};

export const jobs = {
  "search by keyboard alone: / to the box, j to a hit, Enter opens it": with_page(async (page) => {
    await page.goto("/search");
    await page.keyboard.press("/");
    await page.keyboard.type("承诺");
    await page.keyboard.press("Enter");
    await page.waitForURL(/q=/);
    check((await total(page)) > 0, "something is found");
    check((await page.locator(".hit mark").count()) > 0, "matches are marked");
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    const wanted = await page.locator(".hit.selected a").getAttribute("href");
    await page.keyboard.press("Enter");
    await page.waitForURL(`**${wanted}`);
  }),

  "the box suggests causes by name and what was looked for, by keyboard": with_page(async (page) => {
    await page.goto("/search");
    await page.keyboard.press("/");
    await page.keyboard.type("承诺 态度");
    const open = page.locator(".suggestions:not([hidden]) li");
    await open.first().waitFor();
    same(await page.locator("#page-q").getAttribute("aria-expanded"), "true", "the list is announced as open");
    await page.keyboard.press("ArrowDown");
    const marked = await page.locator("#page-q").getAttribute("aria-activedescendant");
    same(await page.locator(`#${marked}`).getAttribute("aria-selected"), "true", "the line marked");
    await page.keyboard.press("Enter");
    await page.waitForURL(/cause=people\.attitude/);
    check(decodeURIComponent(page.url()).includes("q=承诺"), "the rest stays what is looked for");
    await page.goto("/search?q=%E5%BF%AB%E9%80%92");
    await page.goto("/");
    await page.keyboard.press("/");
    await page.keyboard.type("快");
    await open.filter({ hasText: "最近" }).first().waitFor();
    await page.keyboard.press("Escape");
    same(await page.locator(".suggestions:not([hidden])").count(), 0, "Escape closes the list");
    await page.keyboard.press("Enter");
    await page.waitForURL(/q=%E5%BF%AB$/);
  }),

  "a filter narrows, the export has what is seen": with_page(async (page, _, context) => {
    await page.goto("/search?q=%E6%89%BF%E8%AF%BA");
    const all = await total(page);
    const facet = page.locator(".facet a").first();
    const count = Number(await facet.getAttribute("data-count"));
    await facet.click();
    await page.waitForURL(/kind=/);
    same(await total(page), count, "hits under the filter");
    check(count <= all, "a filter narrows");
    const csv = await context.request.get(await page.getByRole("link", { name: "CSV" }).getAttribute("href"));
    // Texts are quoted and may hold line ends: rows begin with an id at the start of a record.
    const rows = (await csv.text()).replace(/"(?:[^"]|"")*"/g, "q").trim().split("\n").length - 1;
    same(rows, count, "rows exported");
  }),

  "an unreadable query says where": with_page(async (page) => {
    const answer = await page.goto("/search?q=(%E6%89%BF%E8%AF%BA");
    same(answer.status(), 400, "status");
    check(await page.locator("[role=alert]").isVisible(), "it says what is wrong");
  }),

  "a search is kept and let go": with_page(async (page) => {
    await page.goto("/search?q=%E9%80%80%E6%AC%BE&kind=complaint");
    await page.getByLabel("名称").fill("退款投诉");
    await page.getByRole("button", { name: "保存当前检索" }).click();
    await page.goto("/search");
    await page.getByRole("link", { name: "退款投诉" }).click();
    await page.waitForURL(/kind=complaint/);
    await page.getByRole("button", { name: /删除 退款投诉/ }).click();
    await page.waitForURL(/search$/);
    same(await page.getByRole("link", { name: "退款投诉" }).count(), 0, "kept searches");
  }),

  "a trace tells promise, capability and actual, and holds that sum to the elapsed time": with_page(async (page, world) => {
    await page.goto(`/records/${encodeURIComponent(world.fixtures.late_record)}`);
    check(await page.locator("svg[aria-label*='承诺']").first().isVisible(), "the decomposition is drawn");
    await page.goto(`/records/${encodeURIComponent(world.fixtures.held_record)}`);
    const held = await page.locator("[data-minutes]").evaluateAll((all) => all.map((cell) => Number(cell.dataset.minutes)));
    same(held.reduce((sum, minutes) => sum + minutes, 0), world.fixtures.elapsed_min, "minutes held");
  }),

  "a label is corrected, a record judged, an appeal filed": with_page(async (page, world) => {
    const path = `/records/${encodeURIComponent(world.fixtures.plain_record)}`;
    const history = page.locator("section[aria-labelledby=history]");
    await page.goto(path);
    await page.locator("summary", { hasText: "更正标注" }).click();
    await page.getByLabel("说明").fill("复核人看过");
    await page.getByRole("button", { name: "更正标注" }).click();
    await page.waitForURL(/filed=1/);
    await until(page, "the correction", async () => (await history.innerText()).includes("复核人看过"));
    await page.goto(path);
    await page.locator("summary", { hasText: "判责" }).click();
    const judge = page.locator("form[action$='/judge']");
    await judge.getByLabel("部门").fill("物流");
    await judge.getByLabel("理由").fill("按事实应由物流负责");
    await judge.getByRole("button").click();
    await page.waitForURL(/filed=1/);
    await until(page, "the judgement", async () => (await history.innerText()).includes("按事实应由物流负责"));
    await page.goto(path);
    await page.locator("summary", { hasText: "申诉" }).click();
    const appeal = page.locator("form[action$='/appeal']");
    await appeal.getByLabel("部门").fill("物流");
    await appeal.getByLabel("理由").fill("当日道路封闭");
    await appeal.getByRole("button").click();
    await page.waitForURL(/filed=1/);
    await until(page, "the appeal", async () => (await history.innerText()).includes("当日道路封闭"));
    await until(page, "the appeal to be open", async () => (await history.innerText()).includes("待裁决"));
  }),

  "a cause opens its departments": with_page(async (page) => {
    await page.goto("/causes");
    const before = await page.locator("tbody tr").count();
    await page.locator("tbody th a").first().click();
    await page.waitForURL(/open=/);
    check((await page.locator("tr.under-cause").count()) > 0, "departments are shown");
    check((await page.locator("tbody tr").count()) > before, "below the cause");
  }),

  "the slider asks again by itself": with_page(async (page) => {
    await page.goto("/promises");
    const slider = page.locator("input[type=range]");
    await slider.focus();
    await page.keyboard.press("ArrowLeft");
    await page.waitForURL(/kept=94/);
    check(await page.locator("svg .curve").isVisible(), "the curve is drawn");
  }),

  "a review is accepted with one key, and the next one comes": with_page(async (page) => {
    await page.goto("/review");
    const form = page.locator("form[action^='/review/']");
    const first = await form.getAttribute("action");
    await page.keyboard.press("a");
    await page.waitForURL(/after=/);
    check((await form.getAttribute("action")) !== first, "another record comes");
  }),

  "a review is corrected by keys alone, and counts in the agreement": with_page(async (page, _, context) => {
    await page.goto("/review");
    const form = page.locator("form[action^='/review/']");
    const action = await form.getAttribute("action");
    await page.keyboard.press("c");
    const choice = page.locator("select[name=cause_1]");
    check(await choice.evaluate((select) => select === document.activeElement), "the cause has the focus");
    const before = await choice.inputValue();
    await page.keyboard.press("ArrowDown");
    const chosen = await choice.inputValue();
    check(chosen !== before, "another cause");
    // A select keeps letters for itself.
    await page.keyboard.press("Escape");
    await page.keyboard.press("a");
    await page.waitForURL(/after=/);
    const id = decodeURIComponent(action.replace("/review/", ""));
    const corrected = async () => (await (await context.request.get(`/api/v1/records/${encodeURIComponent(id)}/trace`)).json()).corrections;
    await until(page, "the correction", async () => (await corrected()).length > 0);
    same((await corrected())[0].causes[0], chosen, "the cause corrected");
    check((await page.locator("section[aria-labelledby=system] tbody tr").count()) > 0, "the agreement per cause is shown");
    await page.goto("/review");
    const next = await form.getAttribute("action");
    await page.keyboard.press("n");
    await page.waitForURL(/after=/);
    check((await form.getAttribute("action")) !== next, "passed over");
  }),

  "by Tab alone from the top to the text": with_page(async (page) => {
    await page.goto("/");
    await page.keyboard.press("Tab");
    same(await page.evaluate(() => document.activeElement.getAttribute("href")), "#main", "the first stop");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    check(await page.evaluate(() => document.activeElement.closest("main") !== null), "the next stop is in the text");
  }),

  "praise is one touch away on every page": with_page(async (page) => {
    await page.goto("/causes");
    check(await page.locator("header a[href='/praise']").isVisible(), "the link is there");
  }, { viewport: { width: 390, height: 844 }, hasTouch: true }),
};
