// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import { moreList } from "./more";

const choices = [
  { value: "a", text: "Method A" },
  { value: "b", text: "<b>Method B</b>" },
];

function list() {
  const choose = vi.fn();
  const more = moreList("More methods", choose);
  return { more, choose, select: more.element as HTMLSelectElement };
}

test("reads More until one of its choices is shown", () => {
  const { more, select } = list();
  more.show(choices, "elsewhere");
  expect(select.selectedOptions[0]?.textContent).toBe("More");
  expect(select.classList.contains("on")).toBe(false);
  more.show(choices, "b");
  expect(select.selectedOptions[0]?.textContent).toBe("<b>Method B</b>");
  expect(select.classList.contains("on")).toBe(true);
});

test("tells what is chosen, and nothing when More itself is", () => {
  const { more, choose, select } = list();
  more.show(choices, "elsewhere");
  select.value = "a";
  select.dispatchEvent(new Event("change"));
  expect(choose).toHaveBeenLastCalledWith("a");
  select.value = "";
  select.dispatchEvent(new Event("change"));
  expect(choose).toHaveBeenCalledTimes(1);
});

test("is not there when there is nothing more", () => {
  const { more, select } = list();
  more.show([], "a");
  expect(select.hidden).toBe(true);
});

test("puts a tool's methods under its name", () => {
  const { more, select } = list();
  more.show(
    [
      ...choices,
      { value: "c:a", text: "Captum: A" },
      { value: "i:a", text: "Inseq: A" },
      { value: "c:b", text: "Captum: B" },
    ],
    "c:b",
  );
  const groups = [...select.querySelectorAll("optgroup")].map((group) => [
    group.label,
    group.children.length,
  ]);
  expect(groups).toEqual([
    ["Captum", 2],
    ["Inseq", 1],
  ]);
  expect(select.selectedOptions[0]?.textContent).toBe("Captum: B");
});
