// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import type { Part } from "./context";
import { Parts } from "./parts";
import { setUp } from "./testing";

let root: ShadowRoot;
let parts: Parts;
let t: ReturnType<typeof setUp>;
const part = (name: string): Part => ({
  styles: `.${name} { color: teal }`,
  mount: vi.fn((host: HTMLElement) => host.append(name)),
});
const styles = () => root.adoptedStyleSheets.map((sheet) => sheet.cssRules[0]?.cssText.split(" ")[0]);

beforeEach(() => {
  const el = document.createElement("div");
  root = el.attachShadow({ mode: "open" });
  parts = new Parts(root, [".first { top: 0 }"]);
  t = setUp();
});

test("a part that is here is mounted at once, and the styles for paper go after those of all parts", () => {
  parts.mount({ ...part("here"), printed: ".last { top: 0 }" }, t.host, t.ctx);
  expect([t.host.textContent, styles()]).toEqual(["here", [".first", ".here", ".last"]]);
  parts.mount(part("next"), t.host, t.ctx);
  expect(styles()).toEqual([".first", ".here", ".next", ".last"]);
});

test("a packed part is mounted when it is unpacked, and its styles are added once", async () => {
  const packed = part("packed");
  const done = parts.mount(Promise.resolve(packed), t.host, t.ctx);
  expect([t.host.textContent, styles()]).toEqual(["", [".first"]]);
  await done;
  await parts.mount(Promise.resolve(packed), t.host, t.ctx);
  expect([t.host.textContent, styles()]).toEqual(["packedpacked", [".first", ".packed"]]);
});

test("nothing is mounted in a display that has ended", async () => {
  const late = part("late");
  const done = parts.mount(Promise.resolve(late), t.host, t.ctx);
  t.end.abort();
  await done;
  expect(late.mount).not.toHaveBeenCalled();
});

test("where sheets cannot be adopted a style element has them", () => {
  Object.defineProperty(root, "adoptedStyleSheets", {
    set: () => {
      throw new Error("another document");
    },
  });
  parts = new Parts(root, [".first { top: 0 }"]);
  parts.mount({ ...part("here"), printed: ".last { top: 0 }" }, t.host, t.ctx);
  expect(root.querySelectorAll("style")).toHaveLength(1);
  expect(root.querySelector("style")?.textContent).toMatch(/first.*\n.*here.*\n.*last/);
});
