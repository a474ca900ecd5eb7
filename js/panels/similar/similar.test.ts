// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Asked } from "../../session/answers";
import { setContent } from "../../state/state";
import { setUp } from "../../testing";
import type { SimilarArgs } from "./query";
import { similar } from "./similar";

const corpus = { texts: 1200, tokens: 9000, layers: [0, 1], heads: 2, annotations: ["pos"] };
const meta = {
  name: "is",
  matches: [
    {
      parts: ["", "It", " ", "was", "."],
      word: 1,
      attended: 0,
      labels: { pos: ["PRON", "AUX"] },
    },
    {
      parts: ["… ", "<b>", ""],
      word: 0,
      attended: null,
      labels: {},
    },
  ],
  summaries: {
    word: {
      match: [
        ["was", 1],
        ["<b>", 1],
      ],
    },
    pos: { match: [["AUX", 1]], attended: [["PRON", 1]] },
  },
  offsets: [["-1", 1]],
};

const answer: Asked = { meta, numbers: Float32Array.of(0.75, 0.5, 0.5, 0.25, Number.NaN) };

let at: ReturnType<typeof setUp>;
const search = vi.fn(async (_: SimilarArgs): Promise<Asked> => answer);
const root = () => at.host.querySelector(".aw-similar") as HTMLElement;
const open = () => (root().querySelector(".open") as HTMLButtonElement).click();
const wait = () => vi.advanceTimersByTimeAsync(400);

beforeEach(() => {
  vi.useFakeTimers();
  search.mockClear();
  at = setUp({ corpus });
  Object.assign(at.session, { ask: (_: string, args: SimilarArgs) => search(args) });
  similar.mount(at.host, at.ctx);
});
afterEach(() => {
  at.end.abort();
  vi.useRealTimers();
});

test("nothing is searched for before it is opened", async () => {
  at.state.held.value = [1];
  await wait();
  expect(search).not.toHaveBeenCalled();
  expect(root().querySelector(".open")?.textContent).toBe("Similar contexts in 1,200 texts");
  open();
  await wait();
  expect(search.mock.calls[0]?.[0]).toEqual({ step: 1, token: null, layer: 1, heads: null, k: 20 });
});

test("matches stand in their text, tinted by what they read, and no text is taken for HTML", async () => {
  at.state.held.value = [1];
  open();
  await wait();
  const [first, second] = root().querySelectorAll(".found li");
  expect(first?.textContent).toBe(".750It was.");
  const [it, was] = first?.querySelectorAll("p span") ?? [];
  expect((was as HTMLElement).className).toBe("match");
  expect((it as HTMLElement).className).toBe("most");
  expect((it as HTMLElement).style.background).toContain("0.6");
  expect((was as HTMLElement).title).toBe("attention .250 · pos AUX");
  expect(second?.querySelector("p")?.textContent).toBe("… <b>");
  expect(at.announced.at(-1)).toBe("2 similar contexts.");
});

test("summaries are by the first annotation, or by another that is chosen", async () => {
  at.state.held.value = [1];
  open();
  await wait();
  const titles = () => [...root().querySelectorAll("h4")].map((title) => title.textContent);
  expect(titles()).toEqual(["Matched word", "Most attended word", "Most attended, by offset"]);
  const choice = root().querySelector("label select") as HTMLSelectElement;
  expect([...choice.options].map(({ value }) => value)).toEqual(["word", "pos"]);
  choice.value = "word";
  choice.dispatchEvent(new Event("change"));
  expect(titles()).toEqual(["Matched word", "Most attended, by offset"]);
  expect(root().querySelector(".bars li")?.textContent).toBe("was1");
});

test("an input that is selected, heads, and a layer are searched by", async () => {
  at.state.held.value = [1];
  open();
  await wait();
  at.state.selected.value = [1];
  await wait();
  expect(search.mock.lastCall?.[0]).toMatchObject({ step: null, token: 1 });
  at.state.heads.value = [[0, 1]];
  await wait();
  expect(search.mock.lastCall?.[0]).toMatchObject({ layer: 0, heads: [1] });
  expect(root().querySelector(".by")?.textContent).toContain("by head 2 at");
  expect((root().querySelector(".by select") as HTMLSelectElement).value).toBe("0");
  at.state.heads.value = [];
  const layers = root().querySelector(".by select") as HTMLSelectElement;
  expect(layers.value).toBe("1");
  layers.value = "0";
  layers.dispatchEvent(new Event("change"));
  await wait();
  expect(search.mock.lastCall?.[0]).toMatchObject({ layer: 0, heads: null });
});

test("a failure is said in the panel", async () => {
  search.mockRejectedValueOnce(
    new Error("demo reads no single word for “positive”: choose a word of the text."),
  );
  at.state.held.value = [1];
  open();
  await wait();
  expect(root().querySelector(".says")?.textContent).toContain("choose a word of the text");
});

test("without a corpus there is no panel", () => {
  const { corpus: _, ...without } = at.state.content.value;
  setContent(at.state, without);
  expect(root().hidden).toBe(true);
});
