/** Read the data of an exported page: JSON and, after its line, the numbers in it as bytes; docs/protocol.md has the form. */
import { unzip } from "./unzip";

/** The bytes of numbers, in a buffer of their own. */
export type Numbers = Uint8Array<ArrayBuffer>;

/** Where the bytes of some numbers are after the JSON, how many they are, and how many make a number. */
type Place = readonly [start: number, size: number, width: number];

/** Unpack what Python wrote; the numbers are bytes. */
export async function unpack(text: string): Promise<unknown> {
  const all = await unzip(text);
  const end = all.indexOf("\n".charCodeAt(0));
  const numbers = all.subarray(end + 1);
  return JSON.parse(new TextDecoder().decode(all.subarray(0, end)), (_, value) =>
    isPlace(value) ? numbersAt(numbers, value.bytes) : value,
  );
}

const isPlace = (value: unknown): value is { bytes: Place } =>
  typeof value === "object" && value !== null && "bytes" in value && Array.isArray(value.bytes);

/** The first bytes of all numbers come first, then their second ones: these are alike, and pack well. */
function numbersAt(all: Uint8Array, [start, size, width]: Place): Numbers {
  const out = new Uint8Array(size);
  const count = size / width;
  for (let b = 0; b < width; b++)
    for (let k = 0; k < count; k++) out[k * width + b] = all[start + b * count + k] as number;
  return out;
}
