// What other roles than the administrator see, and what they are refused.
import { check, same } from "./pages.mjs";

const visit = (who, job, language = "zh") => async (world) => {
  const context = await world.context({ viewport: { width: 1440, height: 900 } }, language, who);
  const page = await context.newPage();
  const status = async (path) => (await context.request.get(path, { maxRedirects: 0 })).status();
  const total = async (path) => Number((await (await context.request.get(path)).text()).match(/data-total="(\d+)"/)?.[1]);
  await job({ ...world, world, page, status, total, context });
  await context.close();
};

const statuses = async (status, expected) => {
  for (const [path, code] of Object.entries(expected)) same(await status(path), code, path);
};

const navigation = async (page) => page.locator("nav.nav a").evaluateAll((all) => all.map((link) => link.getAttribute("href")));

// Every page that the navigation offers opens; what it does not offer is not promised.
const opens = async (page, status) => {
  const links = await navigation(page);
  for (const link of links) {
    const code = await status(link);
    // The overview of one department is that department's page.
    check(code === 200 || code === 303, `${link} is offered and answers ${code}`);
  }
  return links;
};

// A record that has nothing to do with the department now: leaves may have got other owners in the parts before.
const outsider = async (world, fixtures) => {
  const admin = await world.context({ viewport: { width: 1440, height: 900 } }, "zh");
  const ask = async (path) => (await admin.request.get(`/api/v1${path}`)).text();
  const about = encodeURIComponent(fixtures.other_department);
  const found = JSON.parse(await ask(`/search?stream=complaints&department=${about}&limit=100`)).hits;
  for (const id of [fixtures.outside_record, ...found.map((hit) => hit.record_id)]) {
    const told = (await ask(`/records/${encodeURIComponent(id)}`)) + (await ask(`/records/${encodeURIComponent(id)}/trace`));
    if (!told.includes(fixtures.department)) {
      await admin.close();
      return id;
    }
  }
  throw new Error("no record of other departments alone");
};

export const roles = {
  "an agent sees their own record and commendations, and nothing of others": visit("agent", async ({ page, status, fixtures }) => {
    await page.goto("/commendations");
    const links = await page.locator("nav.nav a").evaluateAll((all) => all.map((link) => link.getAttribute("href")));
    check(links.includes("/agents") && links.includes("/commendations"), `navigation: ${links}`);
    check(!["/", "/search", "/causes", "/system", "/taxonomy"].some((path) => links.includes(path)), `navigation: ${links}`);
    await page.goto("/agents");
    check(page.url().includes(encodeURIComponent(fixtures.agent_no)), `their own page: ${page.url()}`);
    await statuses(status, {
      "/": 403, "/search": 403, "/causes": 403, "/departments": 403, "/review": 403, "/system": 403, "/taxonomy": 403,
      "/import": 403, [`/agents/${encodeURIComponent(fixtures.other_agent_no)}`]: 403,
      [`/records/${encodeURIComponent(fixtures.other_agents_record)}`]: 404,
    });
  }),

  "whoever sends files sees their imports, and no link that is closed to them": visit("sender", async ({ page, status, context }) => {
    await page.goto("/import");
    const all = () => page.locator("a[href^='/'], form[action^='/']").evaluateAll((found) =>
      found.filter((one) => one.tagName === "A" || one.method === "get").map((one) => one.getAttribute("href") ?? one.getAttribute("action")));
    const walked = new Set();
    for (const start of ["/import", "/account"]) {
      await page.goto(start);
      for (const link of await all()) walked.add(link);
    }
    check([...walked].some((link) => link === "/import"), `links: ${[...walked]}`);
    for (const link of walked) {
      const code = await status(link);
      check(code === 200 || code === 303, `${link} is offered and answers ${code}`);
    }
    same((await navigation(page)).join(), "/import", "the navigation");
    await statuses(status, {
      "/": 403, "/search": 403, "/records": 403, "/causes": 403, "/promises": 403, "/departments": 403, "/agents": 403, "/review": 403,
      "/commendations": 403, "/praise": 403, "/reports": 403, "/alerts": 403, "/taxonomy": 403, "/system": 403, "/account": 200,
    });
    // What they are refused leads back to where they may be.
    await page.goto("/search");
    for (const link of await all()) {
      const code = await status(link);
      check(code === 200 || code === 303, `${link} is offered on a refusal and answers ${code}`);
    }
    // A file of theirs without a column of times: the page says what to do on the page.
    await page.goto("/import");
    const csv = "编号,内容\nsender-1,快递一直没有送到\n";
    await page.locator("input[type=file]").setInputFiles({ name: "投诉.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
    await page.locator("select[name=stream]").selectOption("complaints");
    await page.getByRole("button", { name: "上传并查看" }).click();
    await page.waitForURL(/import\/./);
    const said = await page.locator("[role=alert]").innerText();
    check(said.includes("列的对应") && !said.includes("--"), `says: ${said}`);
    await page.getByLabel("所有行的发生时间").fill("2026-11-14");
    await page.getByRole("button", { name: "开始导入" }).click();
    await page.waitForURL(/import\/./);
    const begun = Date.now();
    while (!(await page.locator("main").innerText()).includes("接收 1") && Date.now() - begun < 30_000) {
      await page.waitForTimeout(200);
      await page.goto(page.url());
    }
    check((await page.locator("main").innerText()).includes("接收 1"), "imported");
    check((await context.request.get("/api/v1/commendations")).status() === 403, "the interface refuses as the pages do");
  }),

  "an executive reads numbers, and nobody's personal record": visit("executive", async ({ page, status, fixtures }) => {
    await page.goto("/");
    const links = await opens(page, status);
    check(!links.includes("/agents") && !links.includes("/review"), `navigation: ${links}`);
    await statuses(status, {
      "/agents": 403, [`/agents/${encodeURIComponent(fixtures.agent_no)}`]: 403, "/review": 403, "/system": 403, "/import": 403,
      [`/records/${encodeURIComponent(fixtures.late_record)}`]: 200, "/taxonomy": 200,
    });
    await page.goto(`/records/${encodeURIComponent(fixtures.late_record)}`);
    same(await page.locator("form[action$='/correct'], form[action$='/judge'], form[action$='/appeal']").count(), 0, "no forms");
    await page.goto("/taxonomy");
    same(await page.locator("form[action='/taxonomy']").count(), 0, "nothing to edit");
  }),

  "an analyst corrects and reviews, and sees no accounts": visit("analyst", async ({ page, status, fixtures }) => {
    await page.goto("/");
    const links = await opens(page, status);
    check(links.includes("/review") && links.includes("/taxonomy") && !links.includes("/system"), `navigation: ${links}`);
    await statuses(status, { "/system": 403, "/import": 403 });
    await page.goto(`/records/${encodeURIComponent(fixtures.late_record)}`);
    same(await page.locator("form[action$='/correct']").count(), 1, "correct");
    same(await page.locator("form[action$='/judge']").count(), 0, "no verdicts");
  }),

  "a department's account sees that department alone": visit("bound", async ({ world, page, status, total, context, fixtures }) => {
    await page.goto("/");
    await opens(page, status);
    await statuses(status, {
      [`/departments/${encodeURIComponent(fixtures.department)}`]: 200, "/promises": 403, "/promises/entries": 403,
      [`/departments/${encodeURIComponent(fixtures.other_department)}`]: 403, "/review": 403, "/contacts": 403, "/system": 403,
    });
    await page.goto("/departments");
    check(page.url().includes(`/departments/${encodeURIComponent(fixtures.department)}`), `their own page at once: ${page.url()}`);
    const own = await total("/search");
    await page.goto("/search");
    await page.locator(".hit a").first().click();
    await page.waitForURL(/records/);
    same(await page.locator("form[action$='/correct'], form[action$='/judge']").count(), 0, "nothing is offered that would be refused");
    same(await page.locator("form[action$='/appeal']").count(), 1, "it appeals in its department's name");
    const answer = await context.request.get(`/search?department=${encodeURIComponent(fixtures.other_department)}`);
    check(answer.status() !== 200 || Number((await answer.text()).match(/data-total="(\d+)"/)?.[1]) <= own, "another's are not found");
    const outside = await outsider(world, fixtures);
    same(await status(`/records/${encodeURIComponent(outside)}`), 404, "another's record is as if it were not there");
  }, "en"),
};
