// What a page promises about one record, one case, one department, one agent: every part of the story, and ways on from each.
import { check, same } from "./pages.mjs";

const on_page = (job, who = "admin", language = "zh") => async (world) => {
  const context = await world.context({ viewport: { width: 1440, height: 900 }, timezoneId: "America/New_York" }, language, who);
  await job(await context.newPage(), world.fixtures, context);
  await context.close();
};

const trace = async (page, id) => page.goto(`/records/${encodeURIComponent(id)}`);
const told = async (context, path) => (await context.request.get(`/api/v1${path}`)).json();
const figure = (text) => Number(text.replace(/[^\d.]/g, ""));

export const stories = {
  "a trace shows evidence in the text, and the three times on one axis, coloured": on_page(async (page, fixtures) => {
    await trace(page, fixtures.late_record);
    check((await page.locator("section[aria-labelledby=text] mark").count()) > 0, "evidence is marked");
    const picture = page.locator("section[aria-labelledby=delay] svg.picture");
    const label = await picture.getAttribute("aria-label");
    for (const part of ["承诺", "能力", "实际"]) check(label.includes(part), `${part} is in: ${label}`);
    const colours = await picture.evaluate((svg) => ["promised", "over-promise", "overrun"].map((name) => {
      const bar = svg.querySelector(`.${name}`);
      return bar ? getComputedStyle(bar).fill : null;
    }));
    check(colours[0] && colours[1] && colours[0] !== colours[1], `colours: ${colours}`);
    same(await page.locator("section[aria-labelledby=delay] dl").count(), 3, "terms, promise, delivery");
  }),

  "a trace of a call tells its effort as a bill, and the contacts before and after": on_page(async (page, fixtures, context) => {
    await trace(page, fixtures.chain_record);
    const answer = await told(context, `/records/${encodeURIComponent(fixtures.chain_record)}/trace`);
    const bill = await page.locator("section[aria-labelledby=effort] td").allInnerTexts();
    same(figure(bill.at(-1)), Number(answer.effort.total_min.toFixed(1)), "the bill's total");
    const items = bill.slice(0, -1).reduce((sum, item) => sum + figure(item), 0);
    // Each item is rounded for itself.
    check(Math.abs(items - figure(bill.at(-1))) <= 0.25, `the items sum to the total: ${bill}`);
    const contacts = page.locator("section[aria-labelledby=chain] li");
    same(await contacts.count(), answer.chain.records.length, "contacts of the chain");
    same(await contacts.locator("b").count(), 1, "this one among them");
    const other = await contacts.locator("a").first().getAttribute("href");
    await contacts.locator("a").first().click();
    await page.waitForURL(`**${other}`);
    check((await page.locator("section[aria-labelledby=chain] li").count()) > 1, "the other tells the same chain");
  }),

  "a trace says who is cleared, by which rule, and who answers instead": on_page(async (page, fixtures, context) => {
    const answer = await told(context, `/records/${encodeURIComponent(fixtures.cleared_record)}/trace`);
    const { agent_no, rule, moved_to } = answer.exonerated[0];
    await trace(page, fixtures.cleared_record);
    const note = await page.locator("section[aria-labelledby=who] .note").first().innerText();
    for (const part of [agent_no, rule, moved_to]) check(note.includes(part), `${part} is in: ${note}`);
    // Also where it is long ago.
    await page.goto(`/agents/${encodeURIComponent(agent_no)}?since=2026-09-01`);
    check((await page.locator("section[aria-labelledby=cleared] li").count()) > 0, "the agent's page says it, too");
  }),

  "a trace names its versions, and from there one corrects, judges, appeals": on_page(async (page, fixtures, context) => {
    const { versions } = await told(context, `/records/${encodeURIComponent(fixtures.held_record)}/trace`);
    await trace(page, fixtures.held_record);
    await page.locator("section[aria-labelledby=facts] summary").click();
    const shown = await page.locator("section[aria-labelledby=facts] details").innerText();
    for (const name of ["dictionary", "taxonomy", "rules", "model"]) check(shown.includes(versions[name]), `${name} ${versions[name]}: ${shown}`);
    for (const act of ["correct", "judge", "appeal"]) same(await page.locator(`form[action$='/${act}']`).count(), 1, act);
    await page.locator("section[aria-labelledby=holds] a").click();
    await page.waitForURL(/\/cases\//);
    check(page.url().endsWith(fixtures.case_key), "the case behind it");
    const held = await page.locator("[data-minutes]").evaluateAll((all) => all.map((cell) => Number(cell.dataset.minutes)));
    same(held.reduce((sum, minutes) => sum + minutes, 0), fixtures.elapsed_min, "minutes held in the case");
  }),

  "times are the organisation's, wherever the browser is": on_page(async (page, fixtures) => {
    await trace(page, fixtures.hostile_record);
    check((await page.locator("h1").innerText()).includes("2026-11-15 12:00"), await page.locator("h1").innerText());
  }),

  "a department's queue runs by the clock and leads to its cases; its appeals say what came of them": on_page(async (page, fixtures) => {
    await page.goto(`/departments/${encodeURIComponent(fixtures.busy_department)}`);
    const queue = page.locator("section[aria-labelledby=queue] tbody tr");
    check((await queue.count()) > 0, "requests wait");
    check(/已超时|还有/.test(await queue.first().innerText()), await queue.first().innerText());
    check((await page.locator("section[aria-labelledby=causes] a[data-count]").count()) > 0, "its causes lead on");
    await queue.first().locator("a").click();
    await page.waitForURL(/\/cases\//);
    check((await page.locator("main").innerText()).includes(fixtures.busy_department), "the case that asked it");
    await page.goto(`/departments/${encodeURIComponent(fixtures.department)}`);
    const appeals = page.locator("section[aria-labelledby=appeals] li");
    check((await appeals.count()) > 0 && (await appeals.first().locator(".tag").innerText()).length > 0, "an appeal and its outcome");
  }),

  "an agent's own page: praise, load, what moved off them, and nothing to shame them with": on_page(async (page, fixtures) => {
    await page.goto("/agents");
    for (const part of ["praise", "load", "cleared"]) check(await page.locator(`section[aria-labelledby=${part}]`).isVisible(), part);
    check((await page.locator("section[aria-labelledby=load] svg .bar").count()) > 0, "days are drawn");
    const text = await page.locator("main").innerText();
    check(text.includes("辱骂") && text.includes(fixtures.agent_no), "what they had to bear is there");
    check(!/排名|倒数|责任人|投诉率/.test(text), "no ranking");
  }, "agent"),

  "the matrix of one lane, and of one agent": on_page(async (page) => {
    await page.goto("/causes");
    await page.locator("main").getByRole("link", { name: "线路", exact: true }).click();
    await page.waitForURL(/by=lane/);
    const lane = page.locator("tbody tr").first();
    const name = await lane.locator("th").innerText();
    await lane.locator("th a").click();
    await page.waitForURL(/lane=/);
    check(decodeURIComponent(page.url()).includes(name), "the matrix of that lane");
    const cell = page.locator("table.heat td a[data-count]").filter({ hasText: /^[1-9]/ }).first();
    const count = await cell.getAttribute("data-count");
    await cell.click();
    await page.waitForURL(/\/records\?/);
    same(await page.locator("[data-total]").getAttribute("data-total"), count, `the records behind the cell, ${decodeURIComponent(page.url())}`);
    await page.locator(".hit a").first().click();
    await page.waitForURL(/\/records\/[^?]/);
    await page.goto("/causes?by=agent");
    await page.locator("tbody th a").first().click();
    await page.waitForURL(/agent_no=/);
    check(await page.locator("table.heat").isVisible(), "the matrix of that agent");
  }),

  "the system's page: parts, positions, lag; a dead letter is tried again": on_page(async (page) => {
    await page.goto("/system");
    const parts = await page.locator("main").innerText();
    for (const part of ["warehouse", "index"]) check(parts.includes(part), `${part} is there`);
    const letter = page.locator("#dead-letters tbody tr").first();
    const id = await letter.locator("code").innerText();
    const row = page.locator("#dead-letters tbody tr", { hasText: id });
    const tries = async () => Number(await row.locator("td.number").innerText());
    const before = await tries();
    await letter.getByRole("button").click();
    await page.waitForLoadState();
    const deadline = Date.now() + 30_000;
    do {
      check(Date.now() < deadline, "it was tried once more");
      await page.goto("/system");
    } while ((await tries()) === before);
    await page.goto("/system?action=dead_letter.replay#audit");
    check((await page.locator("#audit tbody").innerText()).includes(id), "the trail knows of it");
  }),

  "a file dropped on the page is chosen, and its columns are named": on_page(async (page) => {
    await page.goto("/import");
    const carried = await page.evaluateHandle(() => {
      const data = new DataTransfer();
      data.items.add(new File(["编号,时间,内容\nbrowser-d1,2026-11-14 10:00,快递三天没有动静\n"], "拖进来.csv", { type: "text/csv" }));
      return data;
    });
    await page.dispatchEvent("main", "dragover", { dataTransfer: carried });
    await page.dispatchEvent("main", "drop", { dataTransfer: carried });
    same(await page.locator("input[type=file]").evaluate((input) => input.files[0]?.name), "拖进来.csv", "the file chosen");
    // The button has the focus.
    await page.keyboard.press("Enter");
    await page.waitForURL(/import\/[0-9a-f]+/);
    const chosen = page.locator("select[aria-label='内容'] option:checked");
    check((await chosen.innerText()).includes("内容（text）"), `a field by its name: ${await chosen.innerText()}`);
    same(await page.locator("main table").last().locator("tbody tr").count(), 1, "rows of the preview");
  }),
};
