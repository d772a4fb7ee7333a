// Every number leads to the records behind it, and their list has as many.
import { check, same } from "./pages.mjs";

const AT_ONCE = 4;

// Cells that show a plain number which leads nowhere.
const plain = (page) => page.locator("main :is(td.number, .figure, .tile .quiet)").evaluateAll((all) =>
  all.filter((cell) => !cell.querySelector("a[data-count]") && /(^|\s)\d[\d,.]*万?$/.test(cell.innerText.trim()))
    // What is expected is worked out, not counted.
    .filter((cell) => !cell.title.startsWith("q = ")).map((cell) => cell.innerText));

// `fewest` numbers there are at least; on `whole` pages every number leads to what it counts.
const walk = (where, { fewest = 10, whole = false } = {}) => async (world) => {
  const path = typeof where === "string" ? where : where(world.fixtures);
  const context = await world.context();
  const page = await context.newPage();
  await page.goto(path);
  if (whole) {
    const bare = await plain(page);
    same(bare.length, 0, `numbers of ${path} that lead nowhere: ${bare}`);
  }
  const links = await page.locator("main a[data-count]").evaluateAll((all) =>
    all.map((link) => ({ href: link.getAttribute("href"), count: Number(link.dataset.count), words: link.textContent })));
  check(links.length > fewest, `${path} has ${links.length} numbers`);
  // Two numbers that lead to one list are both looked at.
  const open = [...new Map(links.map((link) => [`${link.count} ${link.href}`, link])).values()];
  const wrong = [];
  const work = async () => {
    for (let link = open.pop(); link; link = open.pop()) {
      const answer = await context.request.get(link.href);
      const total = (await answer.text()).match(/data-total="(\d+)"/);
      if (!answer.ok() || !total || Number(total[1]) !== link.count) {
        wrong.push(`${link.words} (${link.count}) → ${answer.status()} ${total?.[1]} ${link.href}`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  same(wrong.length, 0, `numbers of ${path} that their lists do not bear out:\n${wrong.join("\n")}\n`);
  await context.close();
};

export const numbers = {
  "of the overview": walk("/", { whole: true }),
  "of the overview of a former week": walk("/?week=2026-W44", { whole: true }),
  "of the causes": walk("/causes", { whole: true }),
  "of a cause's departments": walk("/causes?open=fulfil.transit_delay", { whole: true }),
  "of the causes by department": walk("/causes?by=department", { fewest: 5 }),
  "of the causes by lane": walk("/causes?by=lane", { fewest: 5 }),
  "of the promises": walk("/promises"),
  "of the promises by owner": walk("/promises?by=owner_department", { fewest: 5 }),
  "of the departments": walk("/departments"),
  "of one department": walk((fixtures) => `/departments/${encodeURIComponent(fixtures.department)}`, { fewest: 5 }),
  "of the agents": walk("/agents", { whole: true }),
  "of one agent": walk((fixtures) => `/agents/${encodeURIComponent(fixtures.agent_no)}`, { fewest: 1 }),
  "of a search's facets": walk("/search"),
};
