// axe-core finds nothing serious, light and dark, wide and narrow.
import { pages, same } from "./pages.mjs";

const found = (viewport, colorScheme) => async (world) => {
  const context = await world.context({ viewport, colorScheme });
  const page = await context.newPage();
  const wrong = [];
  for (const [title, path] of Object.entries(pages(world.fixtures))) {
    await page.goto(path);
    await page.evaluate(world.axe);
    const violations = await page.evaluate(async () => {
      const told = await window.axe.run(document, { resultTypes: ["violations"] });
      return told.violations.filter((one) => ["serious", "critical"].includes(one.impact))
        .map((one) => `${one.id} (${one.nodes.length}): ${one.nodes[0].html.slice(0, 200)} ${one.nodes[0].any[0]?.message ?? ""}`);
    });
    wrong.push(...violations.map((one) => `${title}: ${one}`));
  }
  same(wrong.length, 0, `violations:\n${wrong.join("\n")}\n`);
  await context.close();
};

export const accessible = {
  "wide and light": found({ width: 1440, height: 900 }, "light"),
  "narrow and dark": found({ width: 390, height: 844 }, "dark"),
};
