/**
 * Bundles the widget (an ES module) and the script of an exported page, with their styles inside, and writes the ids of
 * the views where Python reads them. `node js/build.mjs --watch` builds again at each change.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { context, transform } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const page = join(root, "src/attrwidget/page");
const out = join(page, "static");
const watching = process.argv.includes("--watch");

/**
 * The widget's script is a synced trait, sent and saved with every widget, so it is compressed: this module unpacks
 * and imports it from a blob, as anywidget itself does.
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

async function write(name, script, limit) {
  const path = join(out, name);
  const size = Buffer.byteLength(script);
  if (size > limit) {
    console.error(`${relative(root, path)} has ${size} bytes: more than the ${limit} it may have.`);
    if (!watching) process.exit(1);
  }
  await writeFile(path, script);
  console.log(`${relative(root, path)}: ${size} bytes`);
}

/** The ids of js/views/index.ts are the values that Python allows for the trait `view`; the file is committed. */
async function writeViews(script) {
  const { views } = await import(`data:text/javascript;base64,${Buffer.from(script).toString("base64")}`);
  await writeFile(join(page, "views.json"), `${JSON.stringify(views.map(({ id }) => id))}\n`);
}

/** A build of one entry; `save` gets the finished script. */
const bundle = (entry, format, save) =>
  context({
    entryPoints: [join(root, "js", `${entry}.ts`)],
    write: false,
    format,
    bundle: true,
    minify: true,
    charset: "utf8",
    target: "es2022",
    legalComments: "none",
    logLevel: "warning",
    plugins: [
      cssAsText,
      {
        name: "save",
        setup: (builder) => builder.onEnd(({ outputFiles: [file] = [] }) => file && save(file.text)),
      },
    ],
  });

await mkdir(out, { recursive: true });
const builds = [
  await bundle("widget", "esm", async (script) => {
    console.log(`The widget before packing: ${Buffer.byteLength(script)} bytes`);
    await write("widget.js", packed(script), 90_000);
  }),
  await bundle("page", "iife", (script) => write("page.js", script, 170_000)),
  await bundle("views/index", "esm", writeViews),
];
for (const build of builds) {
  if (watching) await build.watch();
  else {
    await build.rebuild();
    await build.dispose();
  }
}
