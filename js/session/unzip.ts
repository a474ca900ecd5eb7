/** Decompress text that was packed as base 85 of gzip, with the browser's own means. */
import { fromBase85 } from "./base85";

export async function unzip(text: string): Promise<Uint8Array> {
  const { readable, writable } = new DecompressionStream("gzip");
  const writer = writable.getWriter();
  // What is wrong with the text is told by reading it, too.
  void writer.write(fromBase85(text)).catch(() => undefined);
  void writer.close().catch(() => undefined);
  const parts: Uint8Array[] = [];
  const reader = readable.getReader();
  for (let next = await reader.read(); next.value; next = await reader.read()) parts.push(next.value);
  const all = new Uint8Array(parts.reduce((size, { length }) => size + length, 0));
  let end = 0;
  for (const part of parts) {
    all.set(part, end);
    end += part.length;
  }
  return all;
}
