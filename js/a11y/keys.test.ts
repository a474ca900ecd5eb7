import { expect, test } from "vitest";
import { around } from "./keys";

test("layers form a ring with all of them between the last and the first", () => {
  const walk: (number | null)[] = [null];
  for (let i = 0; i < 4; i++) walk.push(around(walk.at(-1) as number | null, 1, 3));
  expect(walk).toEqual([null, 0, 1, 2, null]);
  expect([around(null, -1, 3), around(0, -1, 3)]).toEqual([2, null]);
});
