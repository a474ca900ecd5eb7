import { describe, expect, test } from "vitest";
import { Pyramid } from "./pyramid";

describe("pyramid", () => {
  test("keeps the value of greatest magnitude, and a hole only where all are holes", () => {
    const base = {
      width: 3,
      height: 3,
      values: Uint8Array.from([10, 200, 127, 255, 120, 255, 255, 255, 255]),
    };
    const signed = new Pyramid(base, true);
    expect([...signed.level(1, 0).values]).toEqual([10, 127, 120, 255, 255, 255]);
    expect([...signed.level(1, 1).values]).toEqual([10, 127, 255, 255]);
    expect([...signed.level(0, 1).values]).toEqual([10, 200, 127, 255, 255, 255]);
    const unsigned = new Pyramid(base, false);
    expect([...unsigned.level(2, 2).values]).toEqual([200]);
  });

  test("makes a level once", () => {
    const pyramid = new Pyramid({ width: 4, height: 4, values: new Uint8Array(16) }, false);
    expect(pyramid.level(1, 1)).toBe(pyramid.level(1, 1));
    expect(pyramid.level(0, 0)).toBe(pyramid.base);
  });
});
