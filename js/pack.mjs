/**
 * Packs the modules of the widget into one. The widget's script is a synced trait, sent and saved with every widget, so
 * it is compressed: it unpacks its modules and imports the entry from a blob, as anywidget itself does. Those
 * that are imported later stay text until then. The widgets of a page share what one of them has unpacked.
 */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";

/** As js/session/base85.ts: none of these letters means anything in HTML or in a string. */
const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%()*+-;=>?@^_`{|}~,.";

/** Write bytes in base 85, four of them as five letters; up to three zeros are added at the end. */
function base85(bytes) {
  const data = Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
  let text = "";
  for (let i = 0; i < data.length; i += 4)
    for (let word = data.readUInt32BE(i), unit = 85 ** 4; unit >= 1; unit /= 85)
      text += letters[Math.floor(word / unit) % 85];
  return text;
}

/** Return one module that exports what `entry` does, one of `modules`; each comes after those it imports at once. */
export function packed(modules, entry) {
  const text = JSON.stringify(modules.map(({ name, code }) => [name, code]));
  const key = `attrwidget ${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;
  const bytes = gzipSync(text, { level: 9 });
  return `const [packed, letters] = ["${base85(bytes)}", "${letters}"];
const [key, addresses] = [Symbol.for("${key}"), Symbol.for("addresses of ${key}")];
async function load() {
  const [values, bytes] = [new Uint8Array(128), new DataView(new ArrayBuffer((packed.length / 5) * 4))];
  for (let k = 0; k < 85; k++) values[letters.charCodeAt(k)] = k;
  for (let i = 0, word = 0; i < packed.length; ) {
    word = 85 * word + values[packed.charCodeAt(i)];
    if (++i % 5) continue;
    bytes.setUint32((i / 5 - 1) * 4, word);
    word = 0;
  }
  const text = new Blob([new Uint8Array(bytes.buffer, 0, ${bytes.length})]).stream().pipeThrough(new DecompressionStream("gzip"));
  const urls = (globalThis[addresses] = {});
  for (const [name, code] of await new Response(text).json()) {
    // What is imported later may import this one, so its address is not known yet.
    const linked = code
      .replace(/\\bimport\\("\\.\\/([\\w-]+\\.js)"\\)/g, 'import(globalThis[Symbol.for("addresses of ${key}")]["$1"])')
      .replace(/"\\.\\/([\\w-]+\\.js)"/g, (_, other) => JSON.stringify(urls[other]));
    urls[name] = URL.createObjectURL(new Blob([linked], { type: "text/javascript" }));
  }
  return (await import(urls["${entry}"])).default;
}
export default await (globalThis[key] ??= load());
`;
}
