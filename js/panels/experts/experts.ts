/** Which experts of a mixture-of-experts model the words explained went to; a click shows the words of an expert. */
import { signal } from "@preact/signals-core";
import { ActiveCell } from "../../a11y/active-cell";
import type { Context } from "../../context";
import { h, uniqueId, writeText } from "../../dom";
import { numeral } from "../../draw/numerals";
import type { ExpertsInfo } from "../../session/experts";
import type { Head } from "../../session/heads";
import { named } from "../../state/names";
import { pointedInput, targetSteps } from "../../state/selectors";
import { CellGrid } from "../picker/cells";
import styles from "./experts.css";
import { captionText, expertName, readOf, takenText, takenWords, weightText } from "./text";

export const experts = { styles, mount };

/** Milliseconds for which the pointer must rest on a word. */
const rest = 120;
/** Words in the list of an expert. */
const listed = 5;

function mount(host: HTMLElement, ctx: Context): void {
  const { state, session, run } = ctx;
  const title = h("div", { class: "title" });
  const caption = h("p", { class: "shade", id: uniqueId("experts") });
  const canvas = h("canvas", { "aria-hidden": "true", width: 0 });
  const grid = h(
    "div",
    { role: "grid", tabindex: 0, "aria-label": "Layers by experts", "aria-describedby": caption.id },
    canvas,
  );
  const active = new ActiveCell(grid);
  const scroll = h("div", { class: "scroll" }, grid);
  const words = h("ol", { class: "top" });
  const cells = h("div", { class: "cells" }, scroll, words);
  const taken = h("p", { class: "cap" });
  const peek = h("p", { class: "peek" });
  host.append(title, caption, cells, taken, peek);

  const weights = signal<Float32Array | null>(null);
  const pointed = signal<Head | null>(null);
  const chosen = signal<Head | null>(null);
  const info = (): ExpertsInfo => state.content.peek().experts ?? { layers: [], count: 1 };
  const weightOf = ([layer, expert]: Head): number =>
    expert < 0 ? Number.NaN : (weights.peek()?.[layer * info().count + expert] ?? Number.NaN);
  const label = (cell: Head) =>
    cell[1] < 0 ? expertName(info(), cell) : `${expertName(info(), cell)}, ${weightText(weightOf(cell))}`;
  const picture = () => {
    const read = weights.peek();
    const most = Math.max(1e-9, ...(read ?? []).filter((w) => w > 0));
    return {
      values: read?.map((w) => (w > 0 ? w / most : 0)) ?? null,
      layer: null,
      chosen: chosen.peek() ? [chosen.peek() as Head] : [],
      hovered: pointed.peek(),
      names: info().layers.map((name) => name.replace(/(\w)\w* /, "$1")),
    };
  };
  const same = (a: Head | null, b: Head) => a?.[0] === b[0] && a[1] === b[1];
  const gridOf = new CellGrid(
    ctx,
    { canvas, grid, active, scroll, cells },
    {
      size: () => [info().layers.length, info().count],
      picture,
      label,
      selected: (cell) => same(chosen.peek(), cell),
      point: (cell) => {
        pointed.value = cell;
      },
      pick: (cell) => {
        if (cell[1] < 0) return;
        chosen.value = same(chosen.peek(), cell) ? null : cell;
        ctx.announce(`${expertName(info(), cell)} ${chosen.peek() ? "held" : "let go"}`);
      },
    },
  );

  ctx.later(() => {
    const content = state.content.value;
    if (!content.experts) return;
    const read = readOf(content, pointedInput(state), targetSteps(state));
    writeText(title, read.title);
    caption.textContent = captionText(content, content.experts, read.inputs);
    return ctx.after(rest, async () => {
      const found = await run(
        (options) => session.ask("experts", { inputs: read.inputs }, options),
        "experts",
      );
      if (found) weights.value = found.numbers;
    });
  });
  ctx.effect(() => {
    void [weights.value, pointed.value, chosen.value, ctx.theme.value, state.content.value];
    const cell = pointed.value;
    peek.textContent = cell ? `Peeking: ${label(cell)}` : "";
    gridOf.repaint();
  });
  ctx.effect(() => {
    void [weights.value, state.content.value];
    gridOf.resize();
    gridOf.describe(false);
  });
  ctx.effect(() => {
    const cell = chosen.value;
    const content = state.content.value;
    words.replaceChildren();
    if (!cell) {
      taken.textContent = "Click an expert to see the words that go to it.";
      return;
    }
    const name = expertName(info(), cell);
    writeText(taken, ["Held: ", { strong: name }, "."]);
    void run(
      (options) => session.ask("expert_inputs", { layer: cell[0], expert: cell[1] }, options),
      "words of an expert",
    ).then((found) => {
      if (!found || chosen.peek() !== cell) return;
      writeText(taken, ["Held: ", { strong: name }, `. ${takenText(found.numbers)}`]);
      words.setAttribute("aria-label", `Words that go to ${name}`);
      const items = takenWords(content, found.numbers, listed).map(([text, weight]) =>
        h("li", {}, h("b", { dir: "auto" }, named(text)), " ", h("span", { class: "num" }, numeral(weight))),
      );
      words.replaceChildren(...items);
    });
  });
}
