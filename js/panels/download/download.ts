/** The panel of figures and copies: what is shown, as a file or on the clipboard. */
import type { Context, Part } from "../../context";
import { h } from "../../dom";
import type { Theme } from "../../draw/color";
import { foilOf, restingSteps, scoreQuery } from "../../state/selectors";
import { segmented, tick } from "../toolbar/controls";
import panels from "../toolbar/panels.css";
import { copyText, fetchTable } from "./copy";
import { toCsv } from "./csv";
import styles from "./download.css";
import { toLatex } from "./latex";
import { type Look, layOut } from "./layout";
import { toMarkdown } from "./markdown";
import { type Picture, pictureOf } from "./picture";
import { toPng } from "./png";
import { toPython } from "./python";
import { printSvg, saveFile } from "./save";
import { toSvg } from "./svg";

export const download: Part = { styles: panels + styles, mount };

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
  const withPicture = (make: (picture: Picture) => unknown) => () => {
    const picture = pictureOf(ctx);
    if (!picture) throw new Error("The scores are still being computed: wait a moment.");
    return make(picture);
  };
  const drawn = (picture: Picture) => layOut(picture, look, panel);
  const label = ({ caption }: Picture) => caption.slice(0, 2).join(" · ");
  const text = (name: string, kind: string, content: string) =>
    save(name, new Blob([content], { type: kind }), say);
  const png = (scale: number) =>
    withPicture(async (picture) => save("why.png", await toPng(drawn(picture), scale), say));
  const print = withPicture((picture) => {
    const drawing = drawn(picture);
    printSvg(toSvg(drawing, label(picture)), drawing.width, drawing.height, panel);
    say("Choose “Save as PDF” in the dialog.");
  });
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
        withPicture((p) => text("why.svg", "image/svg+xml", toSvg(drawn(p), label(p)))),
      ),
      button("PNG @2", "Pixels, 192 an inch", png(2)),
      button("PNG @3", "Pixels, 288 an inch", png(3)),
      button("PDF", "By the printer’s dialog", print),
      button(
        "LaTeX",
        "Each word in a \\colorbox",
        withPicture((p) => text("why.tex", "text/plain", toLatex(p, look))),
      ),
      button(
        "Markdown",
        "Strong words in bold, and a table",
        withPicture((p) => text("why.md", "text/markdown", toMarkdown(p, look.caption))),
      ),
      button("CSV", "A row for each score", () => fetchCsv(ctx, (csv) => text("why.csv", "text/csv", csv))),
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
        copy("Python", () => toPython(ctx.state)),
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

/** The scores of the steps held or previewed, else of all. */
async function fetchCsv({ state, session, run }: Context, done: (csv: string) => void): Promise<void> {
  const content = state.sent.peek();
  const resting = restingSteps(state);
  const steps = resting.length > 0 ? resting : Array.from({ length: content.steps.count }, (_, s) => s);
  const query = scoreQuery(state, foilOf(state, steps));
  const foil = query.foil ? (state.foil.peek()?.text.trim() ?? "") : null;
  const wanted = query.foil ? steps.slice(0, 1) : steps;
  const scores = await run((options) => session.scores(query, wanted, options), "copy");
  if (scores) done(toCsv(content, query, wanted, scores, foil));
}
