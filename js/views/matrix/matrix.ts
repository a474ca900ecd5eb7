/** The table of numbers as a heat map: rows are what was read, columns what was written. Hover previews, click holds. */
import { untracked } from "@preact/signals-core";
import { type Key, move } from "../../a11y/grid";
import { preview } from "../../scores/shown-scores";
import { extendHold, toggleHold } from "../../state/selection";
import type { ViewContext } from "../../state/selectors";
import { cellSays } from "./cell-text";
import { mark } from "./crosshair";
import { Cursor } from "./cursor";
import { type Spot, spotAt } from "./layout";
import { fetchSteps, follow, reading, type Shown } from "./load";
import { legend, lookOf, tableOf } from "./look";
import css from "./matrix.css";
import { paintMatrix } from "./paint";
import { matrixParts } from "./parts";
import { listen } from "./pointer";
import { Stage } from "./viewport";

export const matrixStyles = css;

export function mountMatrix(host: HTMLElement, ctx: ViewContext): void {
  const { state, signal } = ctx;
  const parts = matrixParts(host, state.content.value.steps.step_noun?.[1]);
  const { grid, canvas } = parts;
  const paper = canvas.getContext("2d");
  const stage = new Stage();
  let shown: Shown | null = null;
  const cursor = new Cursor(parts);
  let spot: Spot | null = null;
  let frame = 0;
  let asked = "";

  const held = (): number[] => {
    const wanted = new Set(state.held.peek());
    return (shown?.field.shape.steps ?? []).flatMap((of, c) => (of.some((s) => wanted.has(s)) ? [c] : []));
  };
  function paint(): void {
    frame = 0;
    if (!shown || stage.l.width === 0) return;
    const { field } = shown;
    const { l, across, down } = stage;
    const picture = { field, layout: l, across, down, held: held(), hover: spot };
    if (paper) paintMatrix(paper, picture, lookOf(host, ctx, field.signed), devicePixelRatio);
    mark(parts, field, l, across, down, spot);
  }
  const repaint = (): void => {
    frame ||= requestAnimationFrame(paint);
  };

  /** Brings the page up to the stage: sizes, scroll, what the buttons can still do. */
  function apply(): void {
    const { l, across, down } = stage;
    const [width, height] = stage.extent();
    parts.spacer.style.width = `${width}px`;
    parts.spacer.style.height = `${height}px`;
    grid.style.height = `${l.height}px`;
    grid.scrollLeft = across.offset;
    grid.scrollTop = down.offset;
    const can = stage.can();
    parts.nearer.disabled = !can.nearer;
    parts.farther.disabled = !can.farther;
    parts.whole.disabled = !can.whole;
    repaint();
    needNumbers();
  }

  function labelWidth(rowText: readonly string[]): number {
    if (!paper) return 70;
    paper.font = `600 13px ${getComputedStyle(host).fontFamily || "sans-serif"}`;
    const longest = [...rowText].sort((a, b) => b.length - a.length).slice(0, 12);
    return Math.max(70, ...longest.map((text) => paper.measureText(text).width));
  }

  function resize(): void {
    const width = grid.clientWidth;
    if (!shown || width === 0) return;
    const { shape } = shown.field;
    stage.resize(shape, width, labelWidth(shape.rowText));
    apply();
    const [w, h] = [Math.round(width * devicePixelRatio), Math.round(stage.l.height * devicePixelRatio)];
    if (canvas.width !== w || canvas.height !== h) {
      canvas.width = w;
      canvas.height = h;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${stage.l.height}px`;
    }
    cancelAnimationFrame(frame);
    paint();
  }

  /** With a pooled map, exact scores of the columns whose numbers are printed or pointed at. */
  function needNumbers(): void {
    if (!shown) return;
    const { field, chosen } = shown;
    const steps = field.missing(
      spot && spot.column >= 0 ? [...stage.printed(), spot.column] : stage.printed(),
    );
    const key = steps.join();
    if (key === asked || steps.length === 0) return;
    asked = key;
    void ctx
      .run((options) => fetchSteps(ctx.session, field, chosen, steps, options), "matrix numbers")
      .then(() => {
        if (asked === key) asked = "";
        if (shown?.field === field && !signal.aborted) repaint();
      });
  }

  function hover(next: Spot | null): void {
    if (next?.row === spot?.row && next?.column === spot?.column) return;
    spot = next;
    const { steps, starts } = shown?.field.shape ?? {};
    preview(
      ctx,
      (next && steps?.[next.column]) || [],
      next?.zone === "row" ? (starts?.[next.row] ?? null) : null,
    );
    needNumbers();
    repaint();
  }

  function choose(column: number, extend: boolean): void {
    const steps = shown?.field.shape.steps[column];
    if (steps) (extend ? extendHold : toggleHold)(ctx, steps);
  }

  const describe = (): void => {
    if (shown) cursor.describe(shown.field, held());
  };

  function zoom(factor: number, x?: number, y?: number): void {
    stage.zoom(factor, x, y);
    apply();
  }
  function whole(): void {
    stage.toggleWhole();
    apply();
  }

  function walk(event: Key): boolean {
    const { rows, columns } = stage.l;
    const to = move(cursor.at, event, { rows: rows + 1, columns, page: stage.page });
    if (!to || !shown) return false;
    cursor.at = to;
    stage.reveal(to);
    apply();
    hover({ zone: to.row < rows ? "cell" : "probability", ...to });
    ctx.announce(cellSays(shown.field, to.row, to.column));
    return true;
  }

  grid.addEventListener(
    "keydown",
    (event) => {
      if (!shown) return;
      const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
      if (event.key === " " || event.key === "Enter") choose(cursor.at.column, event.shiftKey);
      else if (plain && (event.key === "+" || event.key === "=")) zoom(1.5);
      else if (plain && event.key === "-") zoom(1 / 1.5);
      else if (plain && event.key === "0") whole();
      else if (!walk(event)) return;
      event.preventDefault();
      describe();
    },
    { signal },
  );
  grid.addEventListener("blur", () => hover(null), { signal });
  grid.addEventListener(
    "scroll",
    () => {
      stage.scrolled(grid.scrollLeft, grid.scrollTop);
      repaint();
      needNumbers();
    },
    { signal, passive: true },
  );
  parts.nearer.addEventListener("click", () => zoom(1.6), { signal });
  parts.farther.addEventListener("click", () => zoom(1 / 1.6), { signal });
  parts.whole.addEventListener("click", whole, { signal });
  const gestures = {
    at: (x: number, y: number) => (shown ? spotAt(stage.l, stage.across, stage.down, x, y) : null),
    hover,
    zoom,
    choose(next: Spot, extend: boolean) {
      if (next.row >= 0 && next.column >= 0) cursor.at = { row: next.row, column: next.column };
      if (next.column >= 0) choose(next.column, extend);
      describe();
    },
  };
  listen(parts, gestures, signal);

  follow(
    ctx,
    (busy) => {
      parts.root.classList.toggle("busy", busy);
      if (!busy) return;
      shown = null;
      parts.lines.hidden = true;
      parts.tip.hidden = true;
    },
    (next) => {
      shown = next;
      asked = "";
      cursor.enter(next.field);
      next.field.read(reading(state, next.field.shape));
      legend(parts, next.field, tableOf(ctx, next.field.signed));
      resize();
      describe();
    },
  );
  ctx.effect(() => {
    parts.status.textContent =
      state.content.value.steps.count === 0 ? "Nothing was written, so there is nothing to show." : "";
  });
  ctx.effect(() => {
    void [state.options.value, ctx.theme.value];
    untracked(() => {
      if (!shown) return;
      shown.field.read(reading(state, shown.field.shape));
      legend(parts, shown.field, tableOf(ctx, shown.field.signed));
      repaint();
    });
  });
  ctx.effect(() => {
    void state.held.value;
    repaint();
  });
  const observer = new ResizeObserver(resize);
  observer.observe(grid);
  signal.addEventListener("abort", () => {
    observer.disconnect();
    cancelAnimationFrame(frame);
    hover(null);
    parts.root.remove();
  });
}
