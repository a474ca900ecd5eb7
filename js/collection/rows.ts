/** The table of texts: one page of it. */
import { h } from "../dom";

export interface Text {
  readonly id: number;
  readonly prompt: string;
  readonly answer: string | null;
  readonly probability: number | null;
  readonly error: string | null;
  readonly label?: string | null;
  /** The share of the word that was asked for. */
  readonly share?: number;
}

export const percent = (value: number): string =>
  `${(100 * value).toFixed(Math.abs(value) < 0.1 ? 1 : 0)} %`.replace("-", "−");

interface Rows {
  readonly table: HTMLElement;
  show(texts: readonly Text[], chosen: number | null): void;
  mark(chosen: number | null): void;
}

export function rowsOf(labelled: boolean, choose: (id: number) => void): Rows {
  const body = h("tbody");
  const share = h("th", { scope: "col", class: "num" }, "Share");
  const names = ["Text", "Answer", ...(labelled ? ["Label"] : [])];
  const head = h(
    "tr",
    {},
    h("th", { scope: "col", class: "num" }, "No."),
    ...names.map((name) => h("th", { scope: "col" }, name)),
    h("th", { scope: "col", class: "num" }, "Probability"),
    share,
  );
  const rowOf = (text: Text): HTMLElement => {
    const { id, prompt, answer, probability, error, label } = text;
    const wrong = typeof label === "string" && label !== answer;
    const open = h("button", { type: "button", "aria-label": `Explain text ${id}: ${prompt}` }, String(id));
    return h(
      "tr",
      { "data-id": id, onclick: () => error === null && choose(id) },
      h("td", { class: "num" }, error === null ? open : String(id)),
      h("td", { dir: "auto" }, prompt),
      h("td", { dir: "auto", class: error === null ? "" : "error" }, error ?? answer),
      labelled && h("td", {}, label ?? "", wrong && error === null && h("b", {}, " ✗ wrong")),
      h("td", { class: "num" }, probability === null ? "" : percent(probability)),
      !share.hidden && h("td", { class: "num" }, text.share === undefined ? "" : percent(text.share)),
    );
  };
  const mark = (chosen: number | null) => {
    for (const row of body.rows)
      if (row.dataset.id === String(chosen)) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
  };
  return {
    table: h("div", { class: "scroll" }, h("table", {}, h("thead", {}, head), body)),
    show(texts, chosen) {
      share.hidden = !texts.some((text) => text.share !== undefined);
      body.replaceChildren(...texts.map(rowOf));
      mark(chosen);
    },
    mark,
  };
}
