import { expect, test } from "vitest";
import allowed from "../../src/attrwidget/page/views.json";
import { views } from ".";

test("Python allows the views that are listed: after a change of the list, run the build", () => {
  expect(views.map(({ id }) => id)).toEqual(allowed);
  expect(new Set(allowed).size).toBe(allowed.length);
});
