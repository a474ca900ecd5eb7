/** Bundles the widget (an ES module) and the script of an exported page, styles inside. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const out = join(root, "src/attrwidget/page/static");
/**
 * The widget's script is a synced trait, sent and saved again with every widget, so it travels compressed: a module
 * that unpacks and imports it, as anywidget itself imports a module from a blob.
 */
const packed = (
  script,
) => `const bytes = Uint8Array.from(atob("${gzipSync(script, { level: 9 }).toString("base64")}"), (c) => c.charCodeAt(0));
const text = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
const url = URL.createObjectURL(new Blob([await new Response(text).arrayBuffer()], { type: "text/javascript" }));
const module = await import(url);
URL.revokeObjectURL(url);
export default module.default;
`;

const cssAsText = {
  name: "css-as-text",
  setup(builder) {
    builder.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

async function bundle(entry, format) {
  const result = await build({
    entryPoints: [join(root, "js", `${entry}.ts`)],
    write: false,
    format,
    bundle: true,
    minify: true,
    charset: "utf8",
    target: "es2022",
    legalComments: "none",
    plugins: [cssAsText],
  });
  return result.outputFiles[0].text;
}

async function write(name, script, limit) {
  const path = join(out, name);
  const size = Buffer.byteLength(script);
  if (size > limit) {
    console.error(`${relative(root, path)} has ${size} bytes: more than the ${limit} it may have.`);
    process.exit(1);
  }
  await writeFile(path, script);
  console.log(`${relative(root, path)}: ${size} bytes`);
}

await mkdir(out, { recursive: true });
const widget = await bundle("widget", "esm");
console.log(`The widget before packing: ${Buffer.byteLength(widget)} bytes`);
await write("widget.js", packed(widget), 60_000);
await write("page.js", await bundle("page", "iife"), 100_000);
