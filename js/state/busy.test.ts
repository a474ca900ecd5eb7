// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { settle } from "../testing";
import { afterRest, markBusy } from "./busy";

function setUp() {
  const element = document.createElement("div");
  const begin = markBusy(element, new AbortController().signal);
  return { begin, busy: () => element.getAttribute("aria-busy") };
}

test("busy from the first work to the end of the last, and until what follows it is drawn", async () => {
  const { begin, busy } = setUp();
  const [one, other] = [begin(), begin()];
  one();
  one();
  await settle(60);
  expect(busy()).toBe("true");
  other();
  expect(busy()).toBe("true");
  await settle(60);
  expect(busy()).toBe("false");
  begin();
  expect(busy()).toBe("true");
});

test("busy until awaited work is done or given up", async () => {
  const { begin, busy } = setUp();
  let resolve = () => {};
  const work = new Promise<void>((done) => {
    resolve = done;
  });
  afterRest(begin, 1, () => work);
  await settle(60);
  expect(busy()).toBe("true");
  resolve();
  await settle(60);
  expect(busy()).toBe("false");
  let done = false;
  const stop = afterRest(begin, 30, () => {
    done = true;
  });
  expect(busy()).toBe("true");
  stop();
  await settle(90);
  expect([busy(), done]).toEqual(["false", false]);
});
