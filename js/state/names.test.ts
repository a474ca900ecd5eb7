import { expect, test } from "vitest";
import { drawable, named, plainName, printable, quoted } from "./names";

test.each([
  [" Paris", "Paris"],
  ["\n", "newline"],
  ["\n\n", "2 newlines"],
  ["\r\n", "newline"],
  [" \n\n", "space, 2 newlines"],
  ["\t", "tab"],
  [" ", "space"],
  ["  ", "2 spaces"],
  ["\u00a0", "no-break space"],
  ["\u3000", "space"],
  ["", "nothing"],
  [" \u202eabc", "⟨U+202E⟩abc"],
  ["\u200b", "⟨U+200B⟩"],
  [" \u200d", "⟨U+200D⟩"],
  ["\ufeff", "⟨U+FEFF⟩"],
  ["\ufe0f", "⟨U+FE0F⟩"],
  ["\u001b", "␛"],
  ["می\u200cخواهم", "می\u200cخواهم"],
  ["👩\u200d🚀", "👩\u200d🚀"],
  ["👍🏽", "👍🏽"],
  ["\u0301", "◌\u0301"],
  [",", "“,”"],
  [" **", "“**”"],
  ["'s", "'s"],
  ["<E5 8D>", "<E5 8D>"],
  [" =", "“=”"],
])("%j is named %s", (text, name) => expect(named(text)).toBe(name));

test("a name alone has no quotes, a quoted one has them once", () => {
  expect([plainName(","), quoted(","), quoted(" Paris")]).toEqual([",", "“,”", "“Paris”"]);
  expect(quoted("a long answer", 7)).toBe("“a long…”");
  expect(quoted(" two\n words")).toBe("“two words”");
});

test("what is drawn shows controls and what would be nothing, and keeps what shapes the letters beside it", () => {
  expect(drawable("abc\u202edef\u2066")).toBe("abc⟨U+202E⟩def⟨U+2066⟩");
  expect(drawable("a\u0000b\tc\n")).toBe("a␀b\tc\n");
  expect([drawable(" \u200b"), drawable("\u00ad"), drawable("co\u00adop")]).toEqual([
    " ⟨U+200B⟩",
    "⟨U+00AD⟩",
    "co\u00adop",
  ]);
  for (const kept of ["שלום 東", "\u200d", "\ufe0f", "👩\u200d🚀", "\u0301"])
    expect(drawable(kept)).toBe(kept);
});

test("in a figure every character that acts is shown", () => {
  expect(printable("a\u200bb\u007f\u2028👩\u200d🚀\n")).toBe("a⟨U+200B⟩b␡⟨U+2028⟩👩\u200d🚀\n");
});
