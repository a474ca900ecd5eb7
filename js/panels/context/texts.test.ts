import { expect, test } from "vitest";
import { plainText } from "../../dom";
import type { Changed } from "../../session/contexts";
import { changedText, cuesText, foundText } from "./texts";

const changed: Changed = {
  step: 1,
  p: 0.9,
  without: 0.2,
  instead: "Your",
  cues: [
    [3, 5, 0.34],
    [1, 2, 0.06],
  ],
};

test("how many words changed, or that the answer hardly did", () => {
  expect(foundText({ count: 12, threshold: 1, largest: 2, changed: [changed] }, "system message")).toBe(
    "The system message changed 1 of 12 tokens most. p without it → with it:",
  );
  expect(foundText({ count: 12, threshold: 1, largest: 0.004, changed: [] }, "system message")).toBe(
    "The system message hardly changed the answer: the predictions differ by at most .004 nats.",
  );
  expect(foundText({ count: 12, threshold: 1, largest: 0.4, changed: [] }, "system message")).toContain(
    "changed no token much more than the others",
  );
});

test("what a word would have been, and the words of the context that did it", () => {
  expect(changedText(changed, "“Rex”")).toContain("Without the context “Your” would come first.");
  expect(changedText({ ...changed, instead: null }, "“Rex”")).toContain("“Rex” would still come first.");
  const said = plainText(cuesText(changed, (start) => (start === 3 ? "Rex" : "dog")));
  expect(said).toBe(
    "p .200 → .900. “Your” would come first without it. In the context it rests most on Rex 34 %, dog 6 %.",
  );
});
