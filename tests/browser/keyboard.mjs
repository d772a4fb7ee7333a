// Every page by the keyboard alone: each control is reached by Tab, shows that it has the focus, and lets go of it.
import { check, pages, same } from "./pages.mjs";

// More stops than any page has.
const MOST_STOPS = 900;

const controls = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";

export const keyboard = {
  "every control is reached by Tab and shows it": async (world) => {
    const context = await world.context({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    for (const [title, path] of Object.entries(pages(world.fixtures))) {
      await page.goto(path);
      const wanted = await page.evaluate((selector) => {
        const seen = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled && one.tabIndex >= 0;
        // Of a group of radio buttons one is a stop.
        const all = [...document.querySelectorAll(selector)].filter((one) => seen(one) && one.type !== "radio");
        all.forEach((one, place) => { one.dataset.stop = place; });
        window.reached = new Set();
        window.unseen = [];
        document.addEventListener("focusin", ({ target }) => {
          window.reached.add(target.dataset.stop);
          const style = getComputedStyle(target);
          if (style.outlineStyle === "none" && style.boxShadow === "none") window.unseen.push(target.outerHTML.slice(0, 120));
        });
        // From the top, whatever the page gave the focus to.
        document.activeElement?.blur();
        return all.length;
      }, controls);
      check(wanted < MOST_STOPS, `${title} has ${wanted} stops`);
      // A date has several stops, and the browser's own frame may be one.
      for (let press = 0; press < wanted * 2 + 10; press += 1) {
        await page.keyboard.press("Tab");
        if (press >= wanted && (await page.evaluate(() => window.reached.size)) >= wanted) break;
      }
      const missed = await page.evaluate(() => [...document.querySelectorAll("[data-stop]")]
        .filter((one) => !window.reached.has(one.dataset.stop)).map((one) => one.outerHTML.slice(0, 120)));
      same(missed.length, 0, `${title}: not reached of ${wanted}:\n${missed.slice(0, 5).join("\n")}\n`);
      const unseen = await page.evaluate(() => window.unseen);
      same(unseen.length, 0, `${title}: no sign of the focus:\n${unseen.slice(0, 5).join("\n")}\n`);
    }
    await context.close();
  },

  "praise goes out by one key from every page": async (world) => {
    const context = await world.context({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    for (const [title, path] of Object.entries(pages(world.fixtures))) {
      if (title === "praise") continue;
      await page.goto(path);
      // A page may give its first field the focus; its letters are typed there.
      await page.evaluate(() => document.activeElement?.blur());
      await page.keyboard.press("p");
      await page.waitForURL(/\/praise$/, { timeout: 5_000 }).catch(() => { throw new Error(`from ${title}`); });
    }
    await context.close();
  },
};
