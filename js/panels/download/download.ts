/** The panel of figures and copies: what is shown, as a file or on the clipboard. */
import type { Context, Part } from "../../context";
import { h } from "../../dom";
import type { Theme } from "../../draw/color";
import type { FileForm } from "../../session/figure";
import { foilOf, restingSteps, scoreQuery } from "../../state/selectors";
import { segmented, tick } from "../toolbar/controls";
import panels from "../toolbar/panels.css";
import { copyText, fetchTable } from "./copy";
import { toCsv } from "./csv";
import styles from "./download.css";
import { alone, figureOf, fileOf, shownText, viewOf } from "./figure";
import { toLatex } from "./latex";
import type { Look } from "./layout";
import { toMarkdown } from "./markdown";
import { fileName } from "./name";
import { toPython } from "./python";
import { printSvg, saveFile } from "./save";
import { type Sheet, toPng, toSvg } from "./sheet";

export const download: Part = { styles: panels + styles, mount };

/** Views whose CSV has scores. */
const ofScores = ["text", "flow", "matrix"];
const types: Readonly<Record<FileForm, string>> = {
  pdf: "application/pdf",
  tex: "text/plain",
  md: "text/markdown",
  csv: "text/csv",
};

function mount(host: HTMLElement, ctx: Context): void {
  let look: Look = { columns: 1, theme: "light", caption: true };
  const said = h("p", { class: "said", role: "status" });
  const box = h("div");
  const panel = h("div", { class: "download" });
  const say = (text: string) => {
    said.textContent = text;
  };
  /** Make a button that does `work` and says what became of it. */
  const button = (text: string, title: string, work: () => unknown) =>
    h("button", { type: "button", class: "chip", title, onclick: () => void attempt(work, say) }, text);
  const label = () => fileName(ctx);
  const withFigure = (make: (sheet: Sheet) => unknown) => async () => {
    const sheet = await figureOf(ctx, look, panel);
    return sheet && make(sheet);
  };
  /** Make a file of the text; of another view Python makes it, where that runs. */
  const withText = (form: string, end: FileForm, make: () => unknown) => async () => {
    const { id, title } = viewOf(ctx);
    if (id === "text") return make();
    if (id === "compare") throw new Error(alone(title));
    if (end === "tex" || (end === "md" && id === "flow"))
      throw new Error(`${form} holds words alone: save ${title} as PDF, SVG or PNG.`);
    if (!ctx.session.figure)
      throw new Error(
        `${form} of ${title} is made by Python: ex.figure("${id}.${end}", view="${id}"). Take SVG or PNG here.`,
      );
    return byPython(end);
  };
  const byPython = async (end: FileForm) => {
    const made = await fileOf(ctx, end, look);
    if (made) save(`${label()}.${end}`, new Blob([made], { type: types[end] }), say);
  };
  const text = (name: string, kind: string, content: string) =>
    save(name, new Blob([content], { type: kind }), say);
  const png = (scale: number) =>
    withFigure(async (sheet) => save(`${label()}.png`, await toPng(sheet, scale), say));
  const print = withFigure((sheet) => {
    printSvg(toSvg(sheet), sheet.width, sheet.height, panel);
    say("Choose “Save as PDF” in the dialog.");
  });
  const csv = () => {
    const scores = () => fetchCsv(ctx, (made) => text(`${label()}.csv`, types.csv, made));
    return ofScores.includes(viewOf(ctx).id) ? scores() : withText("CSV", "csv", scores)();
  };
  const live = ctx.session.figure !== undefined;
  const pdf = () => (live && viewOf(ctx).id !== "compare" ? byPython("pdf") : print());
  const copy = async (name: string, make: () => Promise<string | undefined> | string) => {
    const made = await make();
    if (made === undefined || ctx.signal.aborted) return;
    if (!(await copyText(made, box, name))) return;
    say(`Copied as ${name}.`);
    ctx.announce(`Copied as ${name}.`);
  };
  panel.append(
    row(
      "Figure",
      button(
        "SVG",
        "Lines and letters: text stays text",
        withFigure((sheet) => text(`${label()}.svg`, "image/svg+xml", toSvg(sheet))),
      ),
      button("PNG @2", "Pixels, 192 an inch", png(2)),
      button("PNG @3", "Pixels, 288 an inch", png(3)),
      button("PDF", live ? "With its fonts" : "By the printer’s dialog", pdf),
      button(
        "LaTeX",
        "Each word in a \\colorbox",
        withText("LaTeX", "tex", () => text(`${label()}.tex`, types.tex, toLatex(shownText(ctx), look))),
      ),
      button(
        "Markdown",
        "Strong words in bold, and a table",
        withText("Markdown", "md", () =>
          text(`${label()}.md`, types.md, toMarkdown(shownText(ctx), look.caption)),
        ),
      ),
      button("CSV", "A row for each score", csv),
    ),
    row(
      "as wide as",
      ...looks((change) => {
        look = { ...look, ...change };
      }),
    ),
    row(
      "Copy",
      button("as Python", "The lines that restore this view", () =>
        copy("Python", () => toPython(ctx.state, ctx.other !== null)),
      ),
      button("as table", "The scores, for a spreadsheet", () => copy("a table", () => fetchTable(ctx))),
    ),
    said,
    box,
  );
  host.append(panel);
}

const row = (name: string, ...controls: HTMLElement[]) =>
  h("div", { class: "row" }, h("span", {}, name), ...controls);

/** Do `work`; an error is a sentence to say. */
async function attempt(work: () => unknown, say: (text: string) => void): Promise<void> {
  say("");
  try {
    await work();
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
  }
}

function save(name: string, data: Blob, say: (text: string) => void): void {
  saveFile(name, data);
  say(`Saved ${name}.`);
}

/** The controls of how a figure looks. */
function looks(set: (change: Partial<Look>) => void): HTMLElement[] {
  const columns = segmented("Width", (value) => {
    set({ columns: Number(value) as 1 | 2 });
    showColumns(value);
  });
  const showColumns = (value: string) =>
    columns.show(
      [
        { value: "1", text: "a column" },
        { value: "2", text: "a page" },
      ],
      value,
    );
  const theme = segmented("Theme", (value) => {
    set({ theme: value as Theme });
    showTheme(value);
  });
  const showTheme = (value: string) =>
    theme.show(
      [
        { value: "light", text: "light" },
        { value: "dark", text: "dark" },
      ],
      value,
    );
  showColumns("1");
  showTheme("light");
  const caption = tick("with a caption", (on) => set({ caption: on }));
  caption.input.checked = true;
  return [columns.element, theme.element, caption.element];
}

/** The scores of the steps held or previewed, else of all; of a view that shows all steps, of all. */
async function fetchCsv(ctx: Context, done: (csv: string) => void): Promise<void> {
  const { state, session, run, allSteps } = ctx;
  const content = state.sent.peek();
  const resting = allSteps.peek() ? [] : restingSteps(state);
  const steps = resting.length > 0 ? resting : Array.from({ length: content.steps.count }, (_, s) => s);
  const query = scoreQuery(state, allSteps.peek() ? null : foilOf(state, steps));
  const foil = query.foil ? (state.foil.peek()?.text.trim() ?? "") : null;
  const wanted = query.foil ? steps.slice(0, 1) : steps;
  const scores = await run((options) => session.scores(query, wanted, options), "copy");
  if (scores) done(toCsv(content, query, wanted, scores, foil));
}
