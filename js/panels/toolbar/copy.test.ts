// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { settle, setUp } from "../../testing";
import { copyButton } from "./copy";

let t: ReturnType<typeof setUp>;
let button: HTMLElement;
const writeText = vi.fn(async (_: string) => {});
const showBox = vi.fn();
const columns = () => writeText.mock.lastCall?.[0].split("\n")[0]?.split("\t").slice(2);

beforeEach(() => {
  vi.clearAllMocks();
  vi.stubGlobal("navigator", { clipboard: { writeText } });
  t = setUp();
  button = copyButton(t.ctx, showBox);
});
afterEach(() => vi.unstubAllGlobals());

test("the steps explained are copied, and all where none is", async () => {
  t.state.held.value = [1];
  button.click();
  await settle();
  expect(columns()).toEqual(["東"]);
  expect([button.classList.contains("done"), t.announced.at(-1)]).toEqual([true, "Copied as a table."]);
  t.state.held.value = [];
  button.click();
  await settle();
  expect(columns()).toEqual(["is", "東"]);
});

test("a view of all steps copies all", async () => {
  t.state.held.value = [1];
  t.state.view.value = "matrix";
  button.click();
  await settle();
  expect(columns()).toEqual(["is", "東"]);
});

test("the scores are those of the foil", async () => {
  t.state.method.value = "input_x_gradient";
  t.state.held.value = [0];
  t.state.foil.value = { step: 0, ids: [7], text: " was" };
  button.click();
  await settle();
  expect(t.session.scores.mock.lastCall?.[0]).toMatchObject({ foil: [7] });
});

test("where the browser does not allow copying, the table is shown to be copied by hand", async () => {
  writeText.mockRejectedValueOnce(new Error("not allowed"));
  button.click();
  await settle();
  const [from, box] = showBox.mock.lastCall as [HTMLElement, HTMLElement];
  expect(from).toBe(button);
  expect(box.querySelector("textarea")?.value).toContain("1\t<s>\t0.25\t0.125");
});
