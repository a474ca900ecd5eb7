/**
 * Bundles the widget (an ES module) and the script of an exported page, with their styles inside, and writes the ids of
 * the views where Python reads them. `node js/build.mjs --watch` builds again at each change.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { context, transform } from "esbuild";
import { packed } from "./pack.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const page = join(root, "src/attrwidget/page");
const out = join(page, "static");
const watching = process.argv.includes("--watch");

const cssAsText = {
  name: "css-as-text",
  setup(builder) {
    builder.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

/** Say how large a script is, and fail if it is larger than it may be. */
function weigh(name, size, limit) {
  console.log(`${name}: ${size} bytes`);
  if (size <= limit) return;
  console.error(`${name} has ${size} bytes: more than the ${limit} it may have.`);
  if (!watching) process.exit(1);
}

async function write(name, script, limit) {
  const path = join(out, name);
  weigh(relative(root, path), Buffer.byteLength(script), limit);
  await writeFile(path, script);
}

/** Pack the widget: its first module with what that imports, the core, and the modules that are imported later. */
async function writeWidget(modules) {
  const core = modules.filter(({ later }) => !later).map(({ code }) => code);
  const gzipped = gzipSync(core.join(""), { level: 9 }).length;
  weigh("The core, minified", Buffer.byteLength(core.join("")), 80_000);
  weigh("The core, packed", Math.ceil(gzipped / 4) * 5, 40_300);
  await write("widget.js", packed(modules, "widget.js"), 166_000);
}

/** The ids of js/views/index.ts are the values that Python allows for the trait `view`; the file is committed. */
async function writeViews([{ code }]) {
  const { views } = await import(`data:text/javascript;base64,${Buffer.from(code).toString("base64")}`);
  await writeFile(join(page, "views.json"), `${JSON.stringify(views.map(({ id }) => id))}\n`);
}

/** The modules of a build, each after those that it imports at once; `later` marks those that the first does not. */
function inOrder({ outputFiles, metafile }, entry) {
  const code = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]));
  const order = [];
  const visit = (name, later) => {
    if (order.some((module) => module.name === name)) return;
    for (const { kind, path } of outputs.get(name).imports)
      if (kind !== "dynamic-import") visit(basename(path), later);
    order.push({ name, code: code.get(name), later });
  };
  visit(`${basename(entry)}.js`, false);
  for (const name of outputs.keys()) visit(name, true);
  return order;
}

/**
 * Keep the core in one module: one that is imported later imports the entry too, or else esbuild makes a module of whatever some of them
 * share.
 */
const coreInOne = (entry) => {
  const later = new Set();
  return {
    name: "core-in-one",
    setup(builder) {
      builder.onResolve({ filter: /^\./ }, ({ path, kind, resolveDir }) => {
        if (kind === "dynamic-import") later.add(join(resolveDir, `${path}.ts`));
      });
      builder.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        if (!later.has(path)) return undefined;
        return {
          contents: `${await readFile(path, "utf8")}\nimport ${JSON.stringify(entry)};`,
          loader: "ts",
        };
      });
    },
  };
};

/** Import at once what the script of a page has anyway: esbuild wraps each module that is imported later in a function. */
const atOnce = {
  name: "at-once",
  setup(builder) {
    builder.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const paths = [];
      const code = (await readFile(path, "utf8")).replace(
        /\bimport\(("\.[^"]+")\)/g,
        (_, other) => `Promise.resolve(later${paths.push(other) - 1})`,
      );
      const imports = paths.map((other, k) => `import * as later${k} from ${other};`);
      return { contents: [...imports, code].join(" "), loader: "ts" };
    });
  },
};

/** A build of one entry; `save` gets its modules in order. */
const bundle = (entry, { plugins = [], ...options }, save) =>
  context({
    entryPoints: [join(root, "js", `${entry}.ts`)],
    outdir: out,
    write: false,
    metafile: true,
    bundle: true,
    minify: true,
    charset: "utf8",
    target: "es2022",
    legalComments: "none",
    logLevel: "warning",
    plugins: [
      cssAsText,
      ...plugins,
      {
        name: "save",
        setup: (builder) => builder.onEnd((result) => result.metafile && save(inOrder(result, entry))),
      },
    ],
    ...options,
  });

await mkdir(out, { recursive: true });
const split = { format: "esm", splitting: true, chunkNames: "[name]-[hash]" };
const builds = [
  await bundle("widget", { ...split, plugins: [coreInOne(join(root, "js/widget.ts"))] }, writeWidget),
  await bundle("page", { format: "iife", plugins: [atOnce] }, ([{ code }]) =>
    write("page.js", code, 310_000),
  ),
  await bundle("open", { format: "iife" }, ([{ code }]) => write("open.js", code, 1_500)),
  await bundle("collection/collection", { format: "esm" }, ([{ code }]) =>
    write("collection.js", code, 16_000),
  ),
  await bundle("views/index", { format: "esm" }, writeViews),
];
for (const build of builds) {
  if (watching) await build.watch();
  else {
    await build.rebuild();
    await build.dispose();
  }
}
