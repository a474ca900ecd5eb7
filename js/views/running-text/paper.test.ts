// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { recordingPaper } from "../../testing";
import type { Inks, Picture } from "./paint";
import { Paper } from "./paper";

const painted = vi.hoisted(() => vi.fn());
vi.mock("./paint", () => ({ paintText: painted }));
const size = (element: HTMLElement, values: object) => {
  for (const [name, value] of Object.entries(values))
    Object.defineProperty(element, name, { value, configurable: true });
};
let scroller: HTMLElement;
let list: HTMLElement;
let paper: Paper;
let end: AbortController;

beforeEach(() => {
  vi.useFakeTimers();
  painted.mockClear();
  [scroller, list] = [document.createElement("div"), document.createElement("div")];
  size(scroller, { clientHeight: 400 });
  size(list, { offsetWidth: 600, offsetHeight: 4000 });
  list.getBoundingClientRect = () => ({ left: 0, top: 0, width: 600 }) as DOMRect;
  end = new AbortController();
  paper = new Paper(scroller, list, () => [], end.signal);
  for (const canvas of [paper.under, paper.over]) {
    const { paper: context } = recordingPaper();
    Object.defineProperty(context, "canvas", { value: canvas });
    canvas.getContext = (() => context) as unknown as typeof canvas.getContext;
  }
});
afterEach(() => void vi.useRealTimers());

const frame = () => vi.advanceTimersByTime(50);
const draw = () => paper.draw({} as Picture, {} as Inks);

test("the canvases are as wide as the text and a little taller than the view", () => {
  paper.sync();
  expect([paper.under.style.width, paper.over.style.height]).toEqual(["600px", "520px"]);
});

test("several pictures in one frame are painted once, and none before the text is measured", () => {
  draw();
  frame();
  expect(painted).not.toHaveBeenCalled();
  paper.sync();
  expect(painted).toHaveBeenCalledTimes(1);
  draw();
  draw();
  frame();
  expect(painted).toHaveBeenCalledTimes(2);
});

test("scrolling paints only near an end of the canvases, and moves them", () => {
  draw();
  paper.sync();
  painted.mockClear();
  scroller.scrollTop = 20;
  paper.scrolled();
  expect(painted).not.toHaveBeenCalled();
  scroller.scrollTop = 1000;
  paper.scrolled();
  expect(painted).toHaveBeenCalledTimes(1);
  expect(paper.under.style.top).toBe("940px");
});

test("nothing is painted after the end", () => {
  paper.sync();
  draw();
  end.abort();
  frame();
  expect(painted).not.toHaveBeenCalled();
});

test("what a view draws is painted after the text, with each scroll and for what is in sight", () => {
  const paint = vi.fn();
  paper.overlay = { paint, unitAt: () => null };
  draw();
  paper.sync();
  scroller.scrollTop = 20;
  paper.scrolled();
  frame();
  expect(painted).toHaveBeenCalledTimes(2);
  expect(paint.mock.lastCall?.[0].view).toEqual([20, 420]);
});

test("for paper all is drawn on one canvas beside text that keeps its lines, and taken away after", () => {
  const paint = vi.fn();
  paper.overlay = { paint, unitAt: () => null };
  list.before(paper.under);
  document.body.append(paper.under, list);
  paper.draw({} as Picture, { ground: "#000" } as Inks);
  paper.sync();
  const context = recordingPaper().paper;
  const getContext = vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(context as never);
  paper.print(true);
  getContext.mockRestore();
  const sheet = document.querySelector<HTMLElement>(".sheet");
  expect([sheet?.style.width, sheet?.style.height, list.style.width]).toEqual(["600px", "4000px", "600px"]);
  const drawn = paint.mock.lastCall?.[0];
  expect([drawn.printing, drawn.view[1], drawn.inks.ground]).toEqual([
    true,
    Number.POSITIVE_INFINITY,
    "#fff",
  ]);
  paper.print(false);
  expect([document.querySelector(".sheet"), list.style.width]).toEqual([null, ""]);
});
