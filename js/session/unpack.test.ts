import { expect, test } from "vitest";
import { packedText } from "./testing";
import { unpack } from "./unpack";

const packed = (json: string, ...bytes: number[]) =>
  packedText(Buffer.concat([Buffer.from(`${json}\n`), Buffer.from(bytes)]));

test("numbers come back as their bytes, whose first ones stand together in the file", async () => {
  const text = packed(
    '{"a": {"b": {"bytes": [2, 4, 2]}}, "c": {"bytes": [0, 2, 1]}, "d": "é"}',
    7,
    8,
    1,
    3,
    2,
    4,
  );
  const data = (await unpack(text)) as { a: { b: Uint8Array<ArrayBuffer> }; c: Uint8Array; d: string };
  expect([...new Uint16Array(data.a.b.buffer)]).toEqual([0x0201, 0x0403]);
  expect([[...data.c], data.d]).toEqual([[7, 8], "é"]);
});

test("what is broken is an error", async () => {
  await expect(unpack(packed("{"))).rejects.toThrow();
  await expect(unpack("00000")).rejects.toThrow();
});
