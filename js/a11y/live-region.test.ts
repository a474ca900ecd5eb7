import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { liveRegion } from "./live-region";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("messages that come together are spoken as one", () => {
  const element = { textContent: "" } as HTMLElement;
  const announce = liveRegion(element, new AbortController().signal);
  announce("Holding Paris.");
  vi.advanceTimersByTime(200);
  announce("Most from is.");
  expect(element.textContent).toBe("");
  vi.advanceTimersByTime(250);
  expect(element.textContent).toBe("Holding Paris. Most from is.");
  announce("Let go.");
  vi.advanceTimersByTime(250);
  expect(element.textContent).toBe("Let go.");
});

test("nothing is spoken after the end", () => {
  const [element, end] = [{ textContent: "" } as HTMLElement, new AbortController()];
  liveRegion(element, end.signal)("Late.");
  end.abort();
  vi.advanceTimersByTime(1000);
  expect(element.textContent).toBe("");
});
