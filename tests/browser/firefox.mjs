/** Read an exported page in Firefox and print what was seen: `node firefox.mjs FIREFOX ADDRESS light|dark`. */
import puppeteer from "puppeteer-core";

const [, , executablePath, address, scheme] = process.argv;
const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath,
  headless: true,
  extraPrefsFirefox: { "layout.css.prefers-color-scheme.content-override": scheme === "dark" ? 0 : 1 },
});
try {
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 1000 });
  const trouble = [];
  page.on("pageerror", (error) => trouble.push(String(error)));
  page.on("console", (message) => message.type() === "error" && trouble.push(message.text()));
  await page.goto(address);
  await page.locator("pierce/.aw footer .sentence").wait();

  const radios = "pierce/.aw header [role=radio]";
  const names = await page.$$eval(radios, (all) => all.map((radio) => radio.textContent));
  const choose = async (name) => {
    const all = await page.$$(radios);
    await all[names.findIndex((text) => text.endsWith(name))].click();
  };
  // Nothing is under way, in four frames in a row.
  const settle = () => page.$eval("pierce/.aw .main", settled);
  await settle();
  await choose("Saliency");
  await hoverWord("George");
  await page.mouse.down();
  await page.mouse.up();
  await settle();
  await hoverWord("America");
  await page.locator("pierce/.aw .pane:not([hidden]) .tip:not([hidden])").wait();
  await settle();
  const read = (selector) => page.$eval(`pierce/.aw ${selector}`, (element) => element.textContent.trim());
  const seen = {
    sentence: await read("footer .sentence"),
    tip: await read(".pane:not([hidden]) .page .tip"),
    why: await page.$$eval("pierce/.aw .aw-why ol > li", textsOf),
    background: await page.$eval("pierce/.aw", (aw) => getComputedStyle(aw).backgroundColor),
    colours: {},
    trouble,
  };
  for (const name of ["Text", "Flow", "Matrix", "Heads", "Layers", "Compare"]) {
    await choose(name);
    await settle();
    seen.colours[name] = await page.$$eval("pierce/.aw .pane:not([hidden]) canvas", countColours);
  }
  process.stdout.write(JSON.stringify(seen));

  async function hoverWord(text) {
    for (const word of await page.$$("pierce/.aw .pane:not([hidden]) [role=option]"))
      if ((await word.evaluate((element) => element.textContent.trim())) === text) return word.hover();
    throw new Error(`There is no word ${text}.`);
  }
} finally {
  await browser.close();
}

/** Resolve once `main` has not been busy for some frames. */
function settled(main) {
  return new Promise((done) => {
    let calm = 0;
    const look = () => {
      calm = main.getAttribute("aria-busy") === "true" ? 0 : calm + 1;
      if (calm > 3) done();
      else requestAnimationFrame(look);
    };
    look();
  });
}

/** How many colours the canvas with the most has. */
function countColours(canvases) {
  const seen = canvases.filter(({ width, height }) => width && height);
  const pixels = seen.map((c) => c.getContext("2d").getImageData(0, 0, c.width, c.height).data);
  return Math.max(0, ...pixels.map(({ buffer }) => new Set(new Uint32Array(buffer)).size));
}

/** The texts of each row, without those of its parts that have none. */
function textsOf(rows) {
  const leaves = (row) => [...row.querySelectorAll("*")].filter((part) => !part.childElementCount);
  return rows.map((row) => leaves(row).flatMap((leaf) => leaf.textContent.trim() || []));
}
