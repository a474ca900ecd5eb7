/**
 * Packs the modules of the widget into one. The widget's script is a synced trait, sent and saved with every widget, so
 * it is compressed: it unpacks its modules and imports the entry from a blob, as anywidget itself does. Those
 * that are imported later stay text until then. The widgets of a page share what one of them has unpacked.
 */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";

/** Return one module that exports what `entry` does, one of `modules`; each comes after those it imports at once. */
export function packed(modules, entry) {
  const text = JSON.stringify(modules.map(({ name, code }) => [name, code]));
  const key = `attrwidget ${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;
  return `const packed = "${gzipSync(text, { level: 9 }).toString("base64")}";
const [key, addresses] = [Symbol.for("${key}"), Symbol.for("addresses of ${key}")];
async function load() {
  const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
  const text = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
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
