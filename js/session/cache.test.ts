import { expect, test } from "vitest";
import { Cache } from "./cache";

test("the least recently used goes first", () => {
  const cache = new Cache<string>(20);
  cache.set("a", "A", 10);
  cache.set("b", "B", 10);
  cache.get("a");
  cache.set("c", "C", 10);
  expect([cache.get("a"), cache.get("b"), cache.get("c")]).toEqual(["A", undefined, "C"]);
});

test("a value set again counts once", () => {
  const cache = new Cache<string>(20);
  for (let i = 0; i < 5; i++) cache.set("a", `A${i}`, 10);
  cache.set("b", "B", 10);
  expect([cache.get("a"), cache.get("b")]).toEqual(["A4", "B"]);
});

test("a value larger than the limit is still kept while it is the newest", () => {
  const cache = new Cache<string>(5);
  cache.set("a", "A", 10);
  expect(cache.get("a")).toBe("A");
});
