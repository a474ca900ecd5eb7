import { expect, test } from "vitest";
import type { Content } from "../../session/content";
import { sample } from "../../session/testing";
import { Boxes } from "../running-text/boxes";
import { Links } from "./links";
import { scrollAlong } from "./scroll";

const height = 30;

/** A text of one word a line, of which three are in sight. */
function text(lines: number) {
  const rect = (top: number) => ({ left: 0, top, width: 50, height });
  const units = Array.from({ length: lines }, (_, u) => ({ getClientRects: () => [rect(u * height)] }));
  const list = { getBoundingClientRect: () => rect(0), offsetWidth: 50, offsetTop: 0 };
  const boxes = new Boxes();
  boxes.measure(list as never, units as never);
  const scroller = { scrollTop: 0, scrollHeight: lines * height, clientHeight: 3 * height };
  const folds = { standIn: (u: number) => u };
  return { boxes, scroller, folds, built: { list, units } } as unknown as Parameters<typeof scrollAlong>[0];
}

const content = (count: number): Content => ({
  ...sample,
  tokens: { count, start: [...Array(count).keys()], text: Array(count).fill(" a"), special: [] },
});

/** The second text has ten more words after the fifth. */
const [here, there] = [text(20), text(30)];
const links = new Links(
  content(20),
  content(30),
  [...Array(20).keys()].map((u) => [u, u < 5 ? u : u + 10]),
);
const along = (line: number, back = false): number => {
  const [from, to] = back ? [there, here] : [here, there];
  from.scroller.scrollTop = line * height;
  scrollAlong(from, to, links, back);
  return to.scroller.scrollTop / height;
};

test("the same words are at the upper edge of both, whatever stands between them", () => {
  expect([0, 3, 4, 5, 12].map((line) => along(line))).toEqual([0, 3, 4, 15, 22]);
  expect([0, 4, 15, 22].map((line) => along(line, true))).toEqual([0, 4, 5, 12]);
});

test("through words that one of them has alone the other goes on evenly", () => {
  expect(along(4.5)).toBeCloseTo(9.5);
  expect(along(9.5, true)).toBeCloseTo(4.5);
});

test("without a word in common they scroll by proportion", () => {
  const none = new Links(content(20), content(30), []);
  here.scroller.scrollTop = 10 * height;
  scrollAlong(here, there, none, false);
  expect(there.scroller.scrollTop / height).toBe(15);
});
