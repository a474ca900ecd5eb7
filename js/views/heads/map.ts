/** One head enlarged: who reads whom in a part of the attention; the pair pointed at is named, and its query and key are read. */
import type { ViewContext } from "../../context";
import { h, listen, pointIn, sizeCanvas, writeText } from "../../dom";
import { cssPixel } from "../../draw/color";
import { numeral } from "../../draw/numerals";
import { paletteOf } from "../../draw/palette";
import { sequential } from "../../draw/ramp";
import { truncate } from "../../draw/truncate";
import { quantize } from "../../session/quantize";
import type { AttentionPart, Head } from "../../session/session";
import { headName } from "../../state/heads";
import { named } from "../../state/names";
import { unitsOf } from "../../state/units";

/** Numbers of an answer, and pixels of a cell and of the names beside it. */
const most = 128 * 1024;
const [smallest, largest, gutter] = [2, 24, 110] as const;
/** Cells from this size on have names. */
const legible = 11;

interface Shown {
  readonly part: AttentionPart;
  readonly head: Head;
  readonly rows: number;
  readonly cols: number;
  readonly weights: Float32Array;
}

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
  let shown: Shown | null = null;
  let cell: number = smallest;
  /** Pixels for the names of the rows and of the columns. */
  let edge: readonly [left: number, top: number] = [0, 0];
  let at: readonly [row: number, column: number] | null = null;

  const spanOf = ([start, end]: readonly [number, number], count: number, k: number) => {
    const border = (n: number) => start + Math.floor((n * (end - start)) / count);
    return [border(k), border(k + 1) - 1] as const;
  };
  const word = (token: number) => {
    const units = unitsOf(state.content.peek());
    return named(units.text(units.of(token)));
  };
  const name = ([first, last]: readonly [number, number]) =>
    first === last ? word(first) : `${word(first)} … ${word(last)}`;

  function paint(): void {
    const c = canvas.getContext("2d");
    if (!c || !shown) return;
    const { part, rows, cols, weights } = shown;
    const look = paletteOf(element);
    const font = `${Math.min(12, cell - 1)}px ${look.sans}`;
    const cut = (text: string) => truncate(text, gutter - 10, (t) => c.measureText(t).width);
    const names = (span: readonly [number, number], count: number) =>
      cell < legible ? [] : Array.from({ length: count }, (_, k) => cut(name(spanOf(span, count, k))));
    c.font = font;
    const [down, across] = [names(part.rows, rows), names(part.columns, cols)];
    const widest = (texts: readonly string[]) =>
      texts.reduce((most, text) => Math.max(most, Math.ceil(c.measureText(text).width) + 12), 0);
    edge = [widest(down), widest(across)];
    const [left, top] = edge;
    sizeCanvas(canvas, left + cols * cell, top + rows * cell);
    c.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    const { table } = sequential(theme.peek(), "blue");
    const high = highest(shown, state.content.peek().tokens.special);
    const gap = cell > 5 ? 1 : 0;
    weights.forEach((v, k) => {
      if (Number.isNaN(v)) return;
      c.fillStyle = cssPixel(table[quantize(Math.min(v, high), high, false)] as number);
      c.fillRect(left + (k % cols) * cell, top + Math.floor(k / cols) * cell, cell - gap, cell - gap);
    });
    c.font = font;
    c.textBaseline = "middle";
    c.textAlign = "right";
    down.forEach((text, row) => {
      c.fillStyle = at?.[0] === row ? look.accent : look.ink;
      c.fillText(text, left - 6, top + (row + 0.5) * cell);
    });
    c.textAlign = "left";
    across.forEach((text, col) => {
      c.save();
      c.translate(left + (col + 0.5) * cell, top - 6);
      c.rotate(-Math.PI / 2);
      c.fillStyle = at?.[1] === col ? look.accent : look.ink;
      c.fillText(text, 0, 0);
      c.restore();
    });
    if (!at) return;
    c.strokeStyle = look.accent;
    c.lineWidth = 2;
    c.strokeRect(left + at[1] * cell, top + at[0] * cell, cell - gap, cell - gap);
  }

  function point(next: readonly [row: number, column: number] | null): void {
    if (String(next) === String(at)) return;
    at = next;
    if (shown && at) {
      const { part, rows, cols, weights, head } = shown;
      const [from, to] = [spanOf(part.rows, rows, at[0]), spanOf(part.columns, cols, at[1])];
      const weight = weights[at[0] * cols + at[1]] as number;
      const text = Number.isNaN(weight) ? "came later" : numeral(weight);
      writeText(says, [`${name(from)} reads ${name(to)}: `, { strong: text }]);
      const first = state.content.peek().steps.first;
      const exact = from[0] === from[1] && to[0] === to[1] && !Number.isNaN(weight);
      const step = part.of_steps ? from[0] - first : from[0];
      state.pair.value = exact ? { part: part.name, head, step, input: to[0] } : null;
    }
    paint();
  }

  const under = (event: MouseEvent): readonly [number, number] | null => {
    if (!shown) return null;
    const [x, y] = pointIn(canvas, event);
    const [row, col] = [Math.floor((y - edge[1]) / cell), Math.floor((x - edge[0]) / cell)];
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
      const shrink = Math.min(1, Math.sqrt(most / (m * n)));
      const sized = (count: number) => Math.max(1, Math.floor(count * shrink));
      const rows = sized(m);
      const cols = Math.min(sized(n), Math.max(1, Math.floor(room / smallest)));
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
      cell = Math.max(smallest, Math.min(largest, Math.floor((room - gutter) / cols)));
      shown = { part, head, rows, cols, weights };
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

/** The greatest weight beside those of control tokens and the first, which are often the sink; else of all. */
function highest({ part, cols, weights }: Shown, special: readonly number[]): number {
  const [start, end] = part.columns;
  const left = new Set([0, ...special].map((i) => Math.floor(((i - start) * cols) / (end - start))));
  const greatest = (all: boolean) =>
    weights.reduce((high, v, k) => (v > high && (all || !left.has(k % cols)) ? v : high), 0);
  return greatest(false) || greatest(true) || 1;
}
