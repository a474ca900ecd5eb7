import { expect, test } from "vitest";
import { truncate } from "./truncate";

test("text is cut with an ellipsis, never inside a character", () => {
  const measure = (text: string) => Array.from(text).length;
  expect(truncate("Washington", 6, measure)).toBe("Washi…");
  expect(truncate("東京🏯城下", 4, measure)).toBe("東京🏯…");
  expect(truncate("is", 6, measure)).toBe("is");
});
