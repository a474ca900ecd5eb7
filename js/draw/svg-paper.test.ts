// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { SvgPaper } from "./svg-paper";

const drawn = (paint: (c: SvgPaper) => void) => {
  const paper = new SvgPaper(2);
  paint(paper);
  return paper.root;
};
const attributes = (element: Element | null | undefined) =>
  Object.fromEntries([...(element?.attributes ?? [])].map(({ name, value }) => [name, value]));

test("paths, boxes and dashes are written with their colours", () => {
  const root = drawn((c) => {
    c.strokeStyle = "rgb(1 2 3)";
    c.globalAlpha = 0.5;
    c.lineWidth = 1.234;
    c.setLineDash([4, 2]);
    c.beginPath();
    c.moveTo(1, 2);
    c.bezierCurveTo(3, 4, 5, 6, 7, 8.006);
    c.stroke();
    c.fillStyle = "#abc";
    c.fillRect(1, 2, 3, 4);
  });
  expect(attributes(root.children[0])).toEqual({
    d: "M1 2C3 4 5 6 7 8.01",
    fill: "none",
    stroke: "rgb(1,2,3)",
    "stroke-width": "1.23",
    "stroke-dasharray": "4 2",
    opacity: "0.5",
  });
  expect(attributes(root.children[1])).toMatchObject({ x: "1", width: "3", fill: "#abc", opacity: "0.5" });
});

test("a round box has its corners, and a small one no more than it has room for", () => {
  const root = drawn((c) => {
    for (const radius of [2, 0]) {
      c.beginPath();
      c.roundRect(0, 0, 10, 6, radius);
      c.fill();
    }
  });
  expect(root.children[0]?.getAttribute("d")).toBe(
    "M2 0h6a2 2 0 0 1 2 2v2a2 2 0 0 1 -2 2h-6a2 2 0 0 1 -2 -2v-2a2 2 0 0 1 2 -2z",
  );
  expect(root.children[1]?.getAttribute("d")).toBe("M0 0h10v6h-10z");
});

test("what was saved comes back: the place, the clip and the colours", () => {
  const root = drawn((c) => {
    c.fillStyle = "#111";
    c.save();
    c.beginPath();
    c.rect(0, 0, 5, 5);
    c.clip();
    c.translate(3, 4);
    c.rotate(-Math.PI / 2);
    c.fillStyle = "#222";
    c.fillText("up", 0, 0);
    c.restore();
    c.fillText("level", 1, 1);
  });
  const [shape, group, level] = [...root.children];
  expect(group?.getAttribute("clip-path")).toBe(`url(#${shape?.id})`);
  expect(attributes(group?.firstElementChild)).toMatchObject({
    transform: "translate(3 4)rotate(-90)",
    fill: "#222",
  });
  expect(attributes(level)).toMatchObject({ x: "1", fill: "#111" });
  expect(level?.hasAttribute("transform")).toBe(false);
});

test.each([
  ["left", "ltr", null],
  ["right", "ltr", "end"],
  ["center", "ltr", "middle"],
  ["left", "rtl", "end"],
] as const)("text that is aligned %s and read %s is anchored at %s", (align, direction, anchor) => {
  const root = drawn((c) => {
    c.font = "600 12px sans-serif";
    [c.textAlign, c.direction, c.textBaseline] = [align, direction, "middle"];
    c.fillText("<b>word", 5, 10, 40);
    c.fillText(" ", 5, 10);
  });
  expect(root.childElementCount).toBe(1);
  const text = root.firstElementChild;
  expect(text?.textContent).toBe("<b>word");
  expect(text?.childElementCount).toBe(0);
  expect(text?.getAttribute("text-anchor")).toBe(anchor);
  expect(attributes(text)).toMatchObject({ y: "14.32", textLength: "40", "font-weight": "600" });
});
