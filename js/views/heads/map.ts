/** One head enlarged: who reads whom in a part of the attention; the pair pointed at is named, and its query and key are read. */
import type { ViewContext } from "../../context";
import { h, listen, pointIn, sizeCanvas, writeText } from "../../dom";
import { numeral } from "../../draw/numerals";
import { paletteOf } from "../../draw/palette";
import { sequential } from "../../draw/ramp";
import type { AttentionPart, Head } from "../../session/heads";
import { headName } from "../../state/heads";
import {
  cellOf,
  type Edges,
  edgesOf,
  type HeadPicture,
  highest,
  mapSize,
  nameOf,
  paintMap,
  spanOf,
} from "./map-paint";

export interface HeadMap {
  readonly element: HTMLElement;
  show(part: AttentionPart, head: Head, room: number): Promise<void>;
  hide(): void;
  repaint(): void;
}

export function headMap(ctx: ViewContext, back: () => void): HeadMap {
  const { state, session, run, signal, theme } = ctx;
  const canvas = h("canvas", { role: "img", tabindex: 0 });
  const says = h("span", { role: "status" });
  const title = h("b");
  const all = h("button", { type: "button", onclick: back }, "all heads");
  const element = h(
    "div",
    { class: "map", hidden: true },
    h("p", { class: "top" }, all, title, says),
    h("div", { class: "scroll" }, canvas),
  );
  let shown: HeadPicture | null = null;
  let edges: Edges | null = null;
  let at: readonly [row: number, column: number] | null = null;

  function paint(): void {
    const c = canvas.getContext("2d");
    if (!c || !shown) return;
    const look = paletteOf(element);
    const content = state.content.peek();
    edges = edgesOf(c, shown, content, look);
    const { rows, cols, cell } = shown;
    sizeCanvas(canvas, edges.left + cols * cell, edges.top + rows * cell);
    const { table } = sequential(theme.peek(), "blue");
    const high = highest(shown, content.tokens.special);
    paintMap(c, shown, edges, at, { look, table, high, pixels: devicePixelRatio });
  }

  function point(next: readonly [row: number, column: number] | null): void {
    if (String(next) === String(at)) return;
    at = next;
    if (shown && at) {
      const { part, rows, cols, weights, head } = shown;
      const [from, to] = [spanOf(part.rows, rows, at[0]), spanOf(part.columns, cols, at[1])];
      const weight = weights[at[0] * cols + at[1]] as number;
      const text = Number.isNaN(weight) ? "came later" : numeral(weight);
      const name = (span: readonly [number, number]) => nameOf(state.content.peek(), span);
      writeText(says, [`${name(from)} reads ${name(to)}: `, { strong: text }]);
      const first = state.content.peek().steps.first;
      const exact = from[0] === from[1] && to[0] === to[1] && !Number.isNaN(weight);
      const step = part.of_steps ? from[0] - first : from[0];
      state.pair.value = exact ? { part: part.name, head, step, input: to[0] } : null;
    }
    paint();
  }

  const under = (event: MouseEvent): readonly [number, number] | null => {
    if (!shown || !edges) return null;
    const [x, y] = pointIn(canvas, event);
    const { cell } = shown;
    const [row, col] = [Math.floor((y - edges.top) / cell), Math.floor((x - edges.left) / cell)];
    return row >= 0 && col >= 0 && row < shown.rows && col < shown.cols ? [row, col] : null;
  };
  const moves: Readonly<Record<string, readonly [number, number]>> = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
  };
  listen(canvas, signal, {
    pointermove: (event) => point(under(event)),
    pointerleave: () => point(null),
    keydown: (event) => {
      const step = moves[event.key];
      if (!step || !shown) return;
      event.preventDefault();
      const [row, col] = at ?? [0, -step[1]];
      const within = (v: number, count: number) => Math.max(0, Math.min(count - 1, v));
      point([within(row + step[0], shown.rows), within(col + step[1], shown.cols)]);
    },
  });
  return {
    element,
    async show(part, head, room) {
      const [m, n] = [part.rows[1] - part.rows[0], part.columns[1] - part.columns[0]];
      const [rows, cols] = mapSize(part, room);
      element.hidden = false;
      at = null;
      writeText(title, [`${headName(head)} · ${part.title}`]);
      const pooled = rows < m || cols < n;
      const how = pooled
        ? `each cell is the greatest of about ${Math.ceil(m / rows)} × ${Math.ceil(n / cols)} weights`
        : "rows read columns";
      writeText(says, [how]);
      canvas.setAttribute("aria-label", `${headName(head)}: ${part.title}, ${m} rows that read ${n} columns`);
      const weights = await run(
        (options) => session.headMap(part.name, head, rows, cols, options),
        "head map",
      );
      if (!weights) return;
      shown = { part, head, rows, cols, weights, cell: cellOf(cols, room) };
      paint();
    },
    hide() {
      element.hidden = true;
      shown = null;
      state.pair.value = null;
    },
    repaint: paint,
  };
}
