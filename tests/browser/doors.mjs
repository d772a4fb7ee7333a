// Commendations, imports, the system and the taxonomy: the job done, by keyboard, by touch, without script.
import { check, same } from "./pages.mjs";

const WIDE = { viewport: { width: 1440, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

const as = (who, job, options = WIDE, language = "zh") => async (world) => {
  const context = await world.context(options, language, who);
  await job(await context.newPage(), world, context);
  await context.close();
};

// Looks again until `found` holds: what was sent takes effect within seconds.
const until = async (page, what, found) => {
  const deadline = Date.now() + 30_000;
  while (!(await found())) {
    check(Date.now() < deadline, `waited in vain for ${what}`);
    await page.waitForTimeout(100);
    await page.reload();
  }
};

const filed = async (page) => {
  await page.waitForSelector("[role=status]");
  check((await page.locator("[role=status] tbody tr").count()) >= 2, "recipients with their receipts are shown");
};

const merge = async (page, code, into) => {
  const leaf = page.locator("details.leaf", { has: page.locator(`input[name=code][value='${code}']`) });
  await leaf.locator("summary").click();
  await leaf.locator("input[name=into]").fill(into);
};

export const doors = {
  "a commendation by two keys and the words": as("agent", async (page) => {
    let presses = 0;
    const press = async (key) => { presses += 1; await page.keyboard.press(key); };
    await page.goto("/agents");
    await press("p");
    await page.waitForURL(/\/praise$/);
    await page.locator("textarea:focus").waitFor();
    await page.keyboard.type("张先生说小李解释得清楚又耐心，特意打来表扬");
    await press("Enter");
    await filed(page);
    check(presses <= 2, `${presses} key presses besides the words`);
  }),

  "a commendation by two touches and the words": as("agent", async (page) => {
    let touches = 0;
    const touch = async (place) => { touches += 1; await place.tap(); };
    await page.goto("/agents");
    await touch(page.locator("header a[href='/praise']"));
    await page.waitForURL(/\/praise$/);
    // The field has the focus: the words can be typed at once.
    await page.locator("textarea:focus").waitFor();
    await page.keyboard.type("客户夸奖我们回电及时，两小时就把问题解决了");
    await touch(page.getByRole("button", { name: "送出" }));
    await filed(page);
    check(touches <= 2, `${touches} touches besides the words`);
  }, PHONE),

  "a commendation without script, in English": as("agent", async (page) => {
    await page.goto("/praise");
    await page.getByLabel("Words of praise").fill("顾客说这位坐席讲解细致，值得表扬");
    await page.getByRole("button", { name: /send/i }).click();
    await filed(page);
  }, { ...WIDE, javaScriptEnabled: false }, "en"),

  "the filer sees who has read, once they have": async (world) => {
    const words = "这条表扬要看到签收：坐席主动多次回访，客户很感动";
    const agent = await world.context(WIDE, "zh", "agent");
    const filing = await agent.newPage();
    await filing.goto("/praise");
    await filing.locator("textarea:focus").waitFor();
    await filing.keyboard.type(words);
    await filing.keyboard.press("Enter");
    await filed(filing);
    const admin = await world.context(WIDE, "zh", "manager");
    const reading = await admin.newPage();
    await reading.goto("/commendations");
    const mine = (page) => page.locator("article", { hasText: words });
    await until(reading, "the commendation", async () => (await mine(reading).count()) === 1);
    await mine(reading).getByRole("button", { name: "签收" }).click();
    await reading.waitForURL(/commendations/);
    await filing.goto("/commendations");
    check(/运营经理：\d{4}-\d\d-\d\d|运营经理：\d/.test(await mine(filing).innerText()), `the receipt: ${await mine(filing).innerText()}`);
    await agent.close();
    await admin.close();
  },

  "thanks are sent on with a badge, read by the agent, and counted for the month": async (world) => {
    const words = "要转达感谢的一条：坐席帮客户找回了积分，客户连声道谢";
    const agent = await world.context(WIDE, "zh", "agent");
    const filing = await agent.newPage();
    await filing.goto("/praise");
    await filing.locator("textarea:focus").waitFor();
    await filing.keyboard.type(words);
    await filing.keyboard.press("Enter");
    await filed(filing);
    const mine = (page) => page.locator("article", { hasText: words });
    // Without script, from a phone: the operations manager passes thanks on.
    const manager = await world.context({ ...PHONE, javaScriptEnabled: false }, "zh", "manager");
    const thanking = await manager.newPage();
    await thanking.goto("/commendations");
    await until(thanking, "the commendation", async () => (await mine(thanking).count()) === 1);
    await mine(thanking).locator("summary").tap();
    await mine(thanking).getByLabel("徽章").selectOption({ label: "耐心" });
    await mine(thanking).getByLabel("想说的话").fill("辛苦了<b>，客户 13812345678 也来电致谢");
    await mine(thanking).getByRole("button", { name: "送出感谢" }).tap();
    await thanking.waitForURL(/commendations/);
    const sent = await mine(thanking).locator(".thanks").innerText();
    check(sent.includes("耐心") && sent.includes("辛苦了<b>") && sent.includes("【手机号】") && sent.includes("未读"), `sent: ${sent}`);
    same(await mine(thanking).locator("summary").count(), 0, "once");
    // The agent gets it, says so, and the sender sees that they did.
    await filing.goto("/commendations");
    await mine(filing).getByRole("button", { name: "签收" }).click();
    await filing.waitForURL(/commendations/);
    same(await mine(filing).getByRole("button", { name: "签收" }).count(), 0, "read");
    check((await filing.locator(`[data-badges="${world.fixtures.agent_no}"]`).innerText()).includes("耐心 ×1"), "the month's badges");
    await thanking.reload();
    check(!(await mine(thanking).locator(".thanks").innerText()).includes("未读"), "the receipt");
    await agent.close();
    await manager.close();
  },

  "the same words again are not counted again": as("agent", async (page) => {
    for (const expected of ["已送达", "已经收到过"]) {
      await page.goto("/praise");
      await page.locator("textarea:focus").waitFor();
      await page.keyboard.type("重复的一条：客户表扬坐席处理退款很快");
      await page.keyboard.press("Enter");
      await page.waitForSelector("[role=status]");
      check((await page.locator("[role=status] h1").innerText()).includes(expected), `says ${expected}`);
    }
  }),

  "a customer praises over a link without an account": async (world) => {
    const agent = await world.context(WIDE, "zh", "agent");
    const own = await agent.newPage();
    await own.goto("/praise");
    check(await own.locator("img[src$='qr.svg']").isVisible(), "the picture for a telephone is there");
    const code = (await own.locator("img[src$='qr.svg']").getAttribute("src")).replace("/qr.svg", "");
    await agent.close();
    const customer = await world.context({ ...PHONE, javaScriptEnabled: false }, "zh", "nobody");
    const page = await customer.newPage();
    await page.goto(code);
    await page.locator("textarea").fill("您们的客服态度真好，点赞");
    await page.getByRole("button", { name: "送出" }).tap();
    await page.waitForSelector("[role=status]");
    await page.getByRole("link", { name: /查看谁已读到/ }).tap();
    await page.waitForURL(/receipts/);
    check((await page.locator("tbody tr").count()) >= 2, "the receipt names who is to read it");
    await customer.close();
  },

  "a month's commendations, the month before, one agent's": as("admin", async (page, world) => {
    await page.goto("/commendations?month=2026-11");
    check((await page.locator("article").count()) > 0, "there are some");
    await page.getByRole("link", { name: "上个月" }).click();
    await page.waitForURL(/month=2026-10/);
    await page.goto("/commendations?month=2026-11");
    await page.getByLabel("工号").fill(world.fixtures.agent_no);
    await page.getByRole("button", { name: "查看" }).click();
    await page.waitForURL(/agent_no=/);
  }),

  "a file is imported: columns guessed, preview, progress, the refused rows back": as("admin", async (page) => {
    await page.goto("/import");
    const csv = "编号,时间,内容\nbrowser-i1,2026-11-14 10:00,快递三天没有动静\nbrowser-i2,昨天左右,时间写得不对\n";
    await page.locator("input[type=file]").setInputFiles({ name: "投诉<b>.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
    await page.getByRole("button", { name: "上传并查看" }).click();
    await page.waitForURL(/import\/[0-9a-f]+/);
    same(await page.locator("main b").count(), 0, "a file's name is no markup");
    check((await page.locator("main").innerText()).includes("会被拒绝"), "the bad row is shown before anything is sent");
    same(await page.locator("select[aria-label='内容']").inputValue(), "text", "the column is guessed");
    await page.getByRole("button", { name: "开始导入" }).click();
    await until(page, "the import", async () => (await page.locator("main").innerText()).includes("已完成"));
    check((await page.locator("main").innerText()).includes("接收 1，拒绝 1"), "counts");
    const errors = await page.context().request.get(await page.getByRole("link", { name: "下载被拒的行" }).getAttribute("href"));
    check((await errors.text()).includes("browser-i2"), "the refused row comes back");
  }),

  "an import without script, narrow, in English": as("admin", async (page) => {
    await page.goto("/import");
    await page.locator("input[type=file]").setInputFiles({
      name: "one.jsonl", mimeType: "application/x-ndjson",
      buffer: Buffer.from('{"event_id":"browser-i3","occurred_at":"2026-11-14T10:00:00+08:00","text":"包裹破损"}\n'),
    });
    await page.locator("main form button[type=submit]").first().click();
    await page.waitForURL(/import\/[0-9a-f]+/);
    await page.locator("form[action^='/import/'] button[type=submit]").first().click();
    await until(page, "the import", async () => /done/i.test(await page.locator("main").innerText()));
  }, { ...PHONE, javaScriptEnabled: false }, "en"),

  "an account is added, gets a link, is revoked; the trail says so": as("admin", async (page) => {
    await page.goto("/system");
    const form = page.locator("form[action='/system/accounts']");
    await form.locator("input[name=name]").fill("browser-临时");
    await form.locator("select[name=role]").selectOption("executive");
    await form.getByRole("button").click();
    check((await page.locator("[role=status] code").innerText()).length > 20, "the token is shown once");
    await page.goto("/system");
    await page.getByRole("button", { name: "登录链接 browser-临时" }).click();
    check((await page.locator("[role=status] code").innerText()).includes("/sign-in?code="), "a link is shown");
    await page.goto("/system");
    await page.locator("summary[aria-label='撤销 browser-临时']").click();
    await page.getByRole("button", { name: "确定撤销 browser-临时" }).click();
    await page.goto("/system?action=account.revoke#audit");
    check((await page.locator("#audit").innerText()).includes("browser-临时"), "the trail names it");
  }),

  "a leaf gets another owner: preview, save, history read again, pages follow": as("analyst", async (page, world, context) => {
    await page.goto("/taxonomy");
    const before = await page.locator("h1 .tag").innerText();
    const facet = async () => {
      const answer = await context.request.get("/api/v1/search?department=%E5%8C%85%E8%A3%85%E7%BB%84");
      return (await answer.json()).total;
    };
    const leaf = page.locator("details.leaf", { has: page.locator("input[name=code][value='fulfil.damaged']") });
    await leaf.locator("summary").click();
    await leaf.locator("input[name=owner]").fill("不存在的部门");
    await page.getByRole("button", { name: "保存为新版本" }).click();
    check((await page.locator("[role=alert]").innerText()).includes("不存在的部门"), "what is wrong is named");
    same(await page.locator("details.leaf input[name=owner][value='不存在的部门']").count(), 1, "what was typed stays");
    await page.goto("/taxonomy");
    await leaf.locator("summary").click();
    await leaf.locator("input[name=owner]").fill("包装组");
    const owners = page.locator("textarea[name=owners]");
    await owners.fill(`${await owners.inputValue()}\n包装组`);
    await page.getByRole("button", { name: "预览影响" }).click();
    await page.waitForSelector("#preview");
    check((await page.locator("#preview").innerText()).includes("包装组"), "the preview names who would answer");
    same(await facet(), 0, "a preview saves nothing");
    await page.locator("input[name=note]").fill("包装破损改由包装组负责");
    await page.getByRole("button", { name: "保存为新版本" }).click();
    await page.waitForURL(/saved=1/);
    check((await page.locator("h1 .tag").innerText()) !== before, "another version is in force");
    check((await page.locator("#versions ~ *, section[aria-labelledby=versions]").last().innerText()).includes("包装破损改由包装组负责"), "and listed with its reason");
    await page.getByRole("button", { name: "重新分析" }).click();
    await page.waitForURL(/taxonomy/);
    await until(page, "the run", async () => (await page.locator("[data-last-run]").count()) === 1);
    check((await facet()) > 0, "records moved to the new owner");
    check((await page.locator("#reanalysis").innerText()).includes("都按现行"), "nothing is left to read");
  }),

  "a leaf goes into another one without script, narrow, in English": as("analyst", async (page) => {
    await page.goto("/taxonomy");
    await merge(page, "people.outsource_gap", "people.overload");
    await page.getByRole("button", { name: "Preview" }).tap();
    await page.waitForSelector("#preview");
    check((await page.locator("input[name=from][value='people.outsource_gap']").count()) === 1, "the move stays in the form");
    await page.getByRole("button", { name: "Save as a new version" }).tap();
    await page.waitForURL(/saved=1/);
    same(await page.locator("input[name=code][value='people.outsource_gap']").count(), 0, "the leaf is gone");
  }, { ...PHONE, javaScriptEnabled: false }, "en"),
};
