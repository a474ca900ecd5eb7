import { expect, test } from "vitest";
import { fromBase85 } from "./base85";

test("letters are bytes, also where these are no multiple of four", () => {
  // As Python writes them.
  expect([...fromBase85("00000")]).toEqual([0, 0, 0, 0]);
  expect(new TextDecoder().decode(fromBase85("VRUqIcWGp2Wpn"))).toBe("attrwidget");
  expect([...fromBase85("~NsC0~Ns9")]).toEqual(Array(7).fill(255));
  expect([...fromBase85("009")]).toEqual([0, 1]);
  expect(fromBase85("")).toHaveLength(0);
});
