// Every number leads to the records behind it, and their list has as many.
import { check, same } from "./pages.mjs";

const AT_ONCE = 4;

const walk = (path) => async (world) => {
  const context = await world.context();
  const page = await context.newPage();
  await page.goto(path);
  const links = await page.locator("main a[data-count]").evaluateAll((all) =>
    all.map((link) => ({ href: link.getAttribute("href"), count: Number(link.dataset.count), words: link.textContent })));
  check(links.length > 10, `${path} has ${links.length} numbers`);
  const open = [...new Map(links.map((link) => [link.href, link])).values()];
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
  "of the overview": walk("/"),
  "of the causes": walk("/causes"),
  "of the promises": walk("/promises"),
  "of the departments": walk("/departments"),
  "of a search's facets": walk("/search"),
};
