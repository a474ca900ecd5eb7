/** The layers view: what each layer would have said at every step, as a table, and the held word's lines below it. */
import { untracked } from "@preact/signals-core";
import { ActiveCell } from "../../a11y/active-cell";
import { inside, move } from "../../a11y/grid";
import type { Part, ViewContext } from "../../context";
import { h, inNextFrame, listen, pointIn, sizeCanvas, watchSize, writeText } from "../../dom";
import { paletteOf } from "../../draw/palette";
import { tint } from "../../draw/ramp";
import { likelyText } from "../../panels/layers/rows";
import { withTerms } from "../../panels/terms";
import { named } from "../../state/names";
import { extendHeld, preview, toggleHeld } from "../../state/selection";
import { restingSteps } from "../../state/selectors";
import { unitsOf } from "../../state/units";
import tableStyles from "../table.css";
import { mountChart } from "./chart";
import { figure } from "./figure";
import styles from "./layers.css";
import { cutter, type Look, paintTable } from "./paint";
import { extent, gutter, head, inView, planOf, reveal, type Spot, spotAt } from "./plan";

export const layers: Part<ViewContext> = { styles: tableStyles + styles, mount, figure };

/** Steps read beyond those in view. */
const ahead = 12;
/** The most cells that are read at once. */
const most = 5000;

function mount(host: HTMLElement, ctx: ViewContext): void {
  const { state, session, signal, effect, run, open } = ctx;
  const caption = h("p", { class: "top" });
  const canvas = h("canvas", { "aria-hidden": "true", width: 0 });
  const spacer = h("div", { class: "spacer" });
  const name = { role: "grid", "aria-label": "Layers by positions", "aria-readonly": "true" };
  const grid = h("div", { class: "scroll", tabindex: 0, ...name }, canvas, spacer);
  const active = new ActiveCell(grid);
  const tip = h("div", { class: "tip", "aria-hidden": "true", hidden: true });
  const frame = h("div", { class: "frame" }, grid, tip);
  const root = h("section", { class: "aw-table aw-lens", "aria-label": "Layers" }, caption, frame);
  host.append(root);
  const paper = canvas.getContext("2d");
  const cut = paper && cutter(paper, named);
  let plan = planOf(0, 0, 0);
  let cursor = { row: 0, column: 0 };
  let hovered: Spot | null = null;
  /** The steps that are being read. */
  let asked = "";

  const units = () => unitsOf(state.content.peek());
  const unit = (step: number) => units().of(state.content.peek().steps.first + step);
  const said = (step: number) => units().text(unit(step));
  const lensOf = (step: number) => session.knownLens(step);
  const repaint = inNextFrame(paint, signal);

  function paint(): void {
    if (!paper || !cut || plan.width === 0) return;
    const held = new Set(state.held.peek());
    const { said: saidTint, negative: otherTint } = tint(ctx.theme.peek());
    const width = plan.across - 8;
    const look: Look = { ...paletteOf(host), saidTint, otherTint, cut: (word) => cut(word, width) };
    const { scrollLeft: left, scrollTop: top } = grid;
    const picture = { plan, left, top, hovered, lensOf, said, held: (step: number) => held.has(step) };
    paintTable(paper, picture, look, devicePixelRatio);
  }

  function resize(): void {
    const { lens, steps } = state.content.peek();
    if (!lens || grid.clientWidth === 0) return;
    plan = planOf(grid.clientWidth, lens.layers, steps.count);
    const [width, height] = extent(plan);
    Object.assign(spacer.style, { width: `${width}px`, height: `${height}px` });
    grid.style.height = `${plan.height + grid.offsetHeight - grid.clientHeight}px`;
    sizeCanvas(canvas, Math.min(plan.width, width), plan.height);
    paint();
    read();
  }

  /** Scroll to a step. */
  function show(step: number | undefined): void {
    if (step !== undefined) grid.scrollLeft = reveal(grid.scrollLeft, plan.across, step, plan.width - gutter);
  }

  /** Read the steps in view, and some beside them. */
  function read(): void {
    if (!open.peek() || plan.width === 0) return;
    const [first, end] = inView(grid.scrollLeft, plan.across, plan.steps, plan.width - gutter);
    const all = Array.from({ length: Math.min(plan.steps, end + ahead) - first }, (_, k) => first + k);
    const wanted = all.filter((step) => !lensOf(step)).slice(0, Math.ceil(most / plan.layers));
    const key = wanted.join();
    if (!(Number(wanted[0]) < end) || asked === key) return;
    asked = key;
    void run((options) => session.lens(wanted, options), "layers view").then(() => {
      if (asked === key) asked = "";
      repaint();
    });
  }

  function showTip(): void {
    const lens = hovered && hovered.layer >= 0 && lensOf(hovered.step);
    tip.hidden = !lens;
    if (!lens || !hovered) return;
    const { layer, step } = hovered;
    tip.textContent = likelyText(lens, layer, named(said(step)));
    const [x, y] = [gutter + step * plan.across - grid.scrollLeft, head + layer * plan.down - grid.scrollTop];
    const [aside, above] = [x > plan.width / 2, y > plan.height / 2];
    const place = [`${aside ? x - 6 : x + plan.across + 6}px`, `${above ? y + plan.down : y}px`];
    tip.style.transform = `translate(${place}) translate(${aside ? -100 : 0}%, ${above ? -100 : 0}%)`;
  }

  function hover(next: Spot | null): void {
    if (next?.layer === hovered?.layer && next?.step === hovered?.step) return;
    hovered = next;
    preview(state, next ? units().steps(unit(next.step)) : [], null);
    showTip();
    repaint();
  }

  function choose(step: number, extend: boolean): void {
    (extend ? extendHeld : toggleHeld)(ctx, units().steps(unit(step)));
    describe();
  }

  /** Describe the cell with the cursor for screen readers. */
  function describe(): void {
    const { row, column } = cursor;
    const [lens, word] = [lensOf(column), named(said(column))];
    const cell = lens ? likelyText(lens, row, word).replaceAll("\n", "; ") : "not read yet";
    const selected = state.held.peek().includes(column);
    active.header.textContent = `layer ${row + 1}`;
    active.show({ row: row + 2, column: column + 2, label: `${cell}, at ${word}`, selected });
  }

  /** Move the cursor; false for a key that does not. */
  function walk(event: KeyboardEvent): boolean {
    const to = move(cursor, event, { rows: plan.layers, columns: plan.steps, page: 8 });
    if (!to) return false;
    cursor = to;
    show(to.column);
    grid.scrollTop = reveal(grid.scrollTop, plan.down, to.row, plan.height - head);
    read();
    hover({ layer: to.row, step: to.column });
    describe();
    return true;
  }

  const at = (event: MouseEvent) => spotAt(plan, grid.scrollLeft, grid.scrollTop, ...pointIn(canvas, event));
  listen(grid, signal, {
    pointermove: (event) => hover(at(event)),
    pointerleave: () => hover(null),
    blur: () => hover(null),
    click: (event) => {
      const spot = at(event);
      if (!spot) return;
      cursor = { row: Math.max(0, spot.layer), column: spot.step };
      choose(spot.step, event.shiftKey);
    },
    keydown: (event) => {
      const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
      if (plain && (event.key === " " || event.key === "Enter")) choose(cursor.column, event.shiftKey);
      else if (!walk(event)) return;
      event.preventDefault();
    },
  });
  const scroll = () => {
    repaint();
    read();
  };
  listen(grid, signal, { scroll }, { passive: true });
  mountChart(root, ctx);
  effect(() => {
    const { lens, lens_note, steps } = state.content.value;
    frame.hidden = !lens || steps.count === 0;
    const why =
      steps.count === 0
        ? "Nothing was written, so there is nothing to show."
        : (lens_note ?? "Reading the layers needs the model, which is not available here.");
    const text = withTerms(["What each layer would have said (logit lens), shaded by its p = 0 … 1; "]);
    writeText(caption, frame.hidden ? [why] : [...text, { strong: "in this colour" }, " where it was said."]);
    active.size((lens?.layers ?? 0) + 1, steps.count + 1);
    cursor = inside(cursor, { rows: lens?.layers ?? 0, columns: steps.count });
    asked = "";
    void open.value;
    untracked(() => {
      resize();
      show(restingSteps(state)[0]);
    });
  });
  effect(() => {
    void ctx.theme.value;
    show(state.held.value[0]);
    repaint();
  });
  watchSize([grid], resize, signal);
  signal.addEventListener("abort", () => {
    hover(null);
    root.remove();
  });
}
