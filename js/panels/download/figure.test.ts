// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { layersOf, settle, setUp } from "../../testing";
import { download } from "./download";

/** Views are unpacked, which takes long where all else runs at once. */
const patience = { timeout: 10_000 };
vi.setConfig({ testTimeout: 30_000 });

let t: ReturnType<typeof setUp>;
const saved: { name: string; blob: Blob }[] = [];
const status = () => t.host.querySelector("[role=status]")?.textContent;

async function svgOf(view: string): Promise<SVGElement> {
  t.state.view.value = view;
  await settle();
  [...t.host.querySelectorAll<HTMLElement>("button")].find((one) => one.textContent === "SVG")?.click();
  await vi.waitFor(() => expect(status()).toMatch(/^Saved/), patience);
  const text = (await saved.at(-1)?.blob.text()) ?? "";
  return new DOMParser().parseFromString(text, "image/svg+xml").documentElement as unknown as SVGElement;
}
const words = (svg: SVGElement) => [...svg.querySelectorAll("text")].map(({ textContent }) => textContent);

beforeEach(() => {
  saved.length = 0;
  vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => {
    saved.push({ name: "", blob: blob as Blob });
    return "blob:x";
  });
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    (saved.at(-1) as { name: string }).name = this.download;
  });
  t = setUp({ lens: { layers: 4, seconds: 0 } });
  t.session.knownLens.mockImplementation((...[step]: unknown[]) => layersOf(step as number, 5));
  download.mount(t.host, t.ctx);
  t.state.held.value = [1];
});
afterEach(() => void vi.restoreAllMocks());

test("the matrix has a number in every cell, its names, the probabilities and the scale", async () => {
  const found = words(await svgOf("matrix"));
  expect(found).toEqual(
    expect.arrayContaining([".250", ".750", ".125", ".500", ".375", "Paris", "東", "probability"]),
  );
  expect(found.at(-2)).toMatch(/inputs \(rows\) of 2/);
  expect(saved[0]?.name).toBe("matrix-saliency.svg");
});

test("flow has an arc from each input of the top share, and says which", async () => {
  const svg = await svgOf("flow");
  expect(words(svg).join(" ")).toContain("arcs: 2 of 3 inputs, the top 70 % of it");
  expect(saved[0]?.name).toBe("flow-東-saliency.svg");
});

test("layers has the likeliest word of each, and the lines of the word held and of its rivals", async () => {
  t.state.held.value = [0];
  const svg = await svgOf("layers");
  const found = words(svg);
  expect(found.filter((word) => word === "the")).toHaveLength(6);
  expect(found.filter((word) => word === "said")).toHaveLength(2);
  expect(found).toEqual(expect.arrayContaining(["is .750", "was .125"]));
  expect(found.join(" ")).toContain("lines: p of what was said and of its rivals");
  // Two axes, two lines and their keys.
  expect(
    [...svg.querySelectorAll("path")].filter((path) => path.getAttribute("fill") === "none"),
  ).toHaveLength(6);
});

test("where several words are held, layers has no lines", async () => {
  t.state.held.value = [0, 1];
  expect(words(await svgOf("layers")).join(" ")).not.toContain("lines:");
});

test("heads has all of them, and says what they are", async () => {
  const found = words(await svgOf("heads"));
  const { layers, heads } = t.state.content.peek();
  expect(found.join(" ")).toContain(`${layers * heads} heads: layers down, heads across`);
});

test("what has no figure, and what holds text alone, is said", async () => {
  t.state.view.value = "compare";
  const press = async (name: string) => {
    [...t.host.querySelectorAll<HTMLElement>("button")].find((one) => one.textContent === name)?.click();
    await vi.waitFor(() => expect(status()).not.toBe(""), patience);
  };
  await press("SVG");
  expect(status()).toMatch(/^Compare has no figure of its own: save one of each text/);
  await press("LaTeX");
  expect(status()).toMatch(/^Compare has no figure of its own/);
  t.state.view.value = "matrix";
  await press("LaTeX");
  await vi.waitFor(() => expect(status()).toBe("LaTeX holds words alone: save Matrix as PDF, SVG or PNG."));
  t.state.view.value = "layers";
  await press("CSV");
  await vi.waitFor(() => expect(status()).toMatch(/^CSV of Layers is made by Python/), patience);
  expect(saved).toHaveLength(0);
});

test("CSV of the matrix has all steps, whatever is held", async () => {
  t.state.view.value = "matrix";
  [...t.host.querySelectorAll<HTMLElement>("button")].find((one) => one.textContent === "CSV")?.click();
  await vi.waitFor(() => expect(saved).toHaveLength(1), patience);
  const rows = (await saved[0]?.blob.text())?.trim().split("\n") ?? [];
  expect(rows.map((row) => row.split(",")[1])).toEqual(["step", "0", "0", "1", "1", "1"]);
});

test("where Python runs it makes the files that a page cannot make, of what is shown", async () => {
  const figure = vi.fn(async (..._: unknown[]) => new Uint8Array([37, 80]));
  Object.assign(t.session, { figure });
  t.host.replaceChildren();
  download.mount(t.host, t.ctx);
  t.state.view.value = "flow";
  t.state.options.value = { ...t.state.options.value, arc_share: 0.5 };
  [...t.host.querySelectorAll<HTMLElement>("button")].find((one) => one.textContent === "PDF")?.click();
  await vi.waitFor(() => expect(saved).toHaveLength(1), patience);
  t.state.view.value = "matrix";
  figure.mockRejectedValueOnce(new Error("Markdown has room for 20 columns."));
  [...t.host.querySelectorAll<HTMLElement>("button")].find((one) => one.textContent === "Markdown")?.click();
  await vi.waitFor(() => expect(status()).toBe("Markdown has room for 20 columns."), patience);
  const state = { held: [1], view: "flow", method: "saliency", options: { arc_share: 0.5, part: "" } };
  expect(figure.mock.calls[0]?.slice(0, 2)).toMatchObject(["pdf", { columns: 1, theme: "light", state }]);
  expect([saved[0]?.name, saved[0]?.blob.type]).toEqual(["flow-東-saliency.pdf", "application/pdf"]);
});
