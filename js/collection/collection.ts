/** The anywidget entry of a data set: its texts as a table with filters, a page at a time, and the words that matter most. */
import { h } from "../dom";
import { followTheme, hostStyles, hosts } from "../hosts";
import type { About } from "./about";
import styles from "./collection.css";
import { type Filters, filtersOf } from "./filters";
import { Requests, type Sender } from "./requests";
import { rowsOf, type Text } from "./rows";
import { wordsOf } from "./words";

interface Model extends Sender {
  get(name: "about"): About;
  get(name: "chosen"): number | null;
  set(name: "chosen", value: number | null): void;
  save_changes(): void;
}

const PAGE = 10;

function render({ model, el, signal }: { model: Model; el: HTMLElement; signal: AbortSignal }): void {
  const about = model.get("about");
  const shadow = h("div");
  const root = h("section", { class: "aw", "aria-label": about.title });
  shadow.attachShadow({ mode: "open" }).append(h("style", {}, hostStyles() + styles), root);
  for (const host of hosts) host.prepare?.(shadow, signal);
  followTheme(root, signal);
  const requests = new Requests(model, signal);
  let [first, total] = [0, about.count];
  let filters: Filters = {};

  const status = h("p", { class: "status", role: "status" });
  const rows = rowsOf(about.labelled, (id) => {
    model.set("chosen", id);
    model.save_changes();
    rows.mark(id);
  });
  const move = (by: number) => () => {
    first += by;
    ask();
  };
  const back = h("button", { type: "button", onclick: move(-PAGE) }, "Previous");
  const next = h("button", { type: "button", onclick: move(PAGE) }, "Next");
  const words = wordsOf(about.answers, (answer) => requests.ask("words", { answer }));

  const ask = async () => {
    const answer = await requests.ask<{ total: number; texts: Text[] }>("texts", {
      ...filters,
      first,
      count: PAGE,
    });
    if (!answer) return;
    if ("error" in answer) {
      status.textContent = answer.error;
      return;
    }
    total = answer.total;
    rows.show(answer.texts, model.get("chosen"));
    const last = Math.min(total, first + PAGE);
    const found = total === about.count ? "texts" : "texts found";
    status.textContent = total
      ? `${(first + 1).toLocaleString("en")}–${last.toLocaleString("en")} of ${total.toLocaleString("en")} ${found}`
      : "No text is like that: ask for less.";
    back.disabled = first === 0;
    next.disabled = last >= total;
  };
  const form = filtersOf(about, (chosen) => {
    filters = chosen;
    first = 0;
    ask();
  });
  root.append(
    h("h2", {}, about.title),
    form,
    rows.table,
    h("div", { class: "pages" }, back, next, status),
    words,
  );
  const chosen = () => rows.mark(model.get("chosen"));
  model.on("change:chosen", chosen);
  signal.addEventListener("abort", () => {
    model.off("change:chosen", chosen);
    shadow.remove();
  });
  el.append(shadow);
  ask();
}

export default { render };
