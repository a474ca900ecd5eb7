// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { settle, setUp } from "../../testing";
import { download } from "./download";

let t: ReturnType<typeof setUp>;
const writeText = vi.fn(async (_: string) => {});
const saved: Blob[] = [];
const press = async (name: string) => {
  [...t.host.querySelectorAll<HTMLElement>("button")].find((one) => one.textContent === name)?.click();
  await settle();
};
const columns = () => writeText.mock.lastCall?.[0].split("\n")[0]?.split("\t").slice(2);

beforeEach(() => {
  vi.clearAllMocks();
  saved.length = 0;
  vi.stubGlobal("navigator", { clipboard: { writeText } });
  vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => {
    saved.push(blob as Blob);
    return "blob:x";
  });
  t = setUp();
  download.mount(t.host, t.ctx);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("the steps explained are copied as a table, and all where none is", async () => {
  t.state.held.value = [1];
  await press("as table");
  expect(columns()).toEqual(["東"]);
  expect(t.announced.at(-1)).toBe("Copied as a table.");
  t.state.held.value = [];
  await press("as table");
  expect(columns()).toEqual(["is", "東"]);
});

test("a view of all steps copies all, and a foil's scores are those against it", async () => {
  t.state.held.value = [1];
  t.state.view.value = "matrix";
  await press("as table");
  expect(columns()).toEqual(["is", "東"]);
  t.state.view.value = "text";
  t.state.method.value = "input_x_gradient";
  t.state.held.value = [0];
  t.state.foil.value = { step: 0, ids: [7], text: " was" };
  await press("as table");
  expect(t.session.scores.mock.lastCall?.[0]).toMatchObject({ foil: [7] });
});

test("where the browser does not allow copying, the text is shown to be copied by hand", async () => {
  writeText.mockRejectedValueOnce(new Error("not allowed"));
  await press("as Python");
  expect(t.host.querySelector("textarea")?.value).toContain('ex.widget.method = "saliency"');
});

test("Python's lines set what is shown, with layers and heads from 0", async () => {
  t.state.method.value = "attention";
  t.state.held.value = [1];
  t.state.heads.value = [[1, 0]];
  t.state.view.value = "flow";
  t.state.options.value = { ...t.state.options.value, hide_first: true, head_rule: "max" };
  await press("as Python");
  expect(writeText.mock.lastCall?.[0].split("\n").slice(0, 6)).toEqual([
    'ex.widget.method = "attention"',
    "ex.widget.held = [1]",
    "ex.widget.foil = None",
    "ex.widget.heads = [[1, 0]]",
    'ex.widget.view = "flow"',
    'ex.widget.options = {"head_rule": "max", "hide_first": True}',
  ]);
});

test("Python's lines lead back to what is usual, too, whatever the widget shows", async () => {
  t.state.held.value = [1];
  t.state.content.value = { ...t.state.content.value, contrast: {} };
  await press("as Python");
  expect(writeText.mock.lastCall?.[0].split("\n").slice(1, 5)).toEqual([
    "ex.widget.held = [1]",
    "ex.widget.heads = []",
    'ex.widget.view = "text"',
    "ex.widget.options = {}",
  ]);
});

test("CSV has each score of the steps held", async () => {
  t.state.held.value = [1];
  await press("CSV");
  expect(await saved[0]?.text()).toBe(
    "method,step,token,position,input,score\nsaliency,1,東,0,<s>,0.125\nsaliency,1,東,1,Paris,0.5\nsaliency,1,東,2,is,0.375\n",
  );
});

test("Markdown and LaTeX mark what is explained, as Python's do", async () => {
  t.state.held.value = [1];
  await settle();
  await press("Markdown");
  const markdown = await saved[0]?.text();
  expect(markdown).toContain("**Paris**<sup>.500</sup>");
  expect(markdown).toContain("**[東]**");
  expect(markdown).toContain("| Paris | .500 |\n| is | .375 |\n| \\<s\\> | .125 |");
  await press("LaTeX");
  const latex = await saved[1]?.text();
  expect(latex).toContain("\\awmore{C3ABFA}{Paris}\\awnumber{.500}");
  expect(latex).toContain("\\setmainfont{Noto Sans CJK SC}");
  expect(latex).toContain("\\awmore{D2C0FC}{is}\\awnumber{.375} \\awsaid{東}\\allowbreak{}\\par");
});

test.each([
  ["שלום", /from right to left, such as “שלום”/],
  ["🙂", /no usual font for 🙂/],
])("what LaTeX cannot set is said: %s", async (word, sentence) => {
  const { content } = t.state;
  const text = ["<s>", ` ${word}`, " is", " x"];
  content.value = { ...content.value, tokens: { ...content.value.tokens, text } };
  await settle();
  await press("LaTeX");
  expect(saved).toHaveLength(0);
  expect(t.host.querySelector("[role=status]")?.textContent).toMatch(sentence);
});

test("control characters are named in LaTeX, as in Python", async () => {
  const { content } = t.state;
  const text = ["<s>", " a\x1b\u200bb", " is", " x"];
  content.value = { ...content.value, tokens: { ...content.value.tokens, text } };
  await settle();
  await press("LaTeX");
  expect(await saved[0]?.text()).toContain(
    "{a\\texttt{\\textbackslash{}x1b}\\ensuremath{\\langle}U+200B\\ensuremath{\\rangle}b}",
  );
});
