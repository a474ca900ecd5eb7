/** The matrix view: a heat map of all scores. Rows are inputs, columns are generated tokens. */
import { untracked } from "@preact/signals-core";
import { type Cell, inside, type Key, move } from "../../a11y/grid";
import type { Part, ViewContext } from "../../context";
import { inNextFrame, listen, sizeCanvas, watchSize } from "../../dom";
import { extendHeld, preview, toggleHeld } from "../../state/selection";
import styles from "../table.css";
import { cellLabel } from "./cell-text";
import { moveCrosshair } from "./crosshair";
import { figure } from "./figure";
import { type Spot, spotAt } from "./layout";
import { fetchSteps, followField, type Loaded } from "./load";
import { lookOf, updateLegend } from "./look";
import { paintMatrix } from "./paint";
import { type MatrixParts, matrixParts } from "./parts";
import type { Picture } from "./picture";
import { listenToPointer } from "./pointer";
import { matrixOptions } from "./sentences";
import { Viewport } from "./viewport";

export const matrix: Part<ViewContext> = {
  styles,
  mount: (host, ctx) => void new Matrix(host, ctx),
  figure,
};

class Matrix {
  readonly #host: HTMLElement;
  readonly #ctx: ViewContext;
  readonly #parts: MatrixParts;
  readonly #paper: CanvasRenderingContext2D | null;
  readonly #viewport = new Viewport();
  readonly #repaint: () => void;
  #loaded: Loaded | null = null;
  #cursor: Cell = { row: 0, column: 0 };
  #hovered: Spot | null = null;
  /** The steps whose exact scores are being fetched. */
  #asked = "";

  constructor(host: HTMLElement, ctx: ViewContext) {
    const { signal, state } = ctx;
    this.#host = host;
    this.#ctx = ctx;
    this.#parts = matrixParts(host, state.content.peek().steps.step_noun?.[1]);
    this.#paper = this.#parts.canvas.getContext("2d");
    this.#repaint = inNextFrame(() => this.#paint(), signal);
    this.#listen(signal);
    this.#follow();
    watchSize([this.#parts.grid], () => this.#resize(), signal);
    signal.addEventListener("abort", () => {
      this.#hover(null);
      this.#parts.root.remove();
    });
  }

  #listen(signal: AbortSignal): void {
    const { grid, canvas, nearer, farther, whole } = this.#parts;
    listen(grid, signal, { keydown: (event) => this.#key(event), blur: () => this.#hover(null) });
    const scroll = () => {
      this.#viewport.scrolled(grid.scrollLeft, grid.scrollTop);
      this.#repaint();
      this.#fetchNumbers();
    };
    listen(grid, signal, { scroll }, { passive: true });
    listen(nearer, signal, { click: () => this.#zoom(1.6) });
    listen(farther, signal, { click: () => this.#zoom(1 / 1.6) });
    listen(whole, signal, { click: () => this.#toggleWhole() });
    const gestures = {
      at: (x: number, y: number) => {
        const { layout, across, down } = this.#viewport;
        return this.#loaded && spotAt(layout, across, down, x, y);
      },
      hover: (spot: Spot | null) => this.#hover(spot),
      zoom: (factor: number, x: number, y: number) => this.#zoom(factor, x, y),
      choose: ({ row, column }: Spot, extend: boolean) => {
        if (row >= 0 && column >= 0) this.#cursor = { row, column };
        this.#choose(column, extend);
        this.#describe();
      },
    };
    listenToPointer(grid, canvas, gestures, signal);
  }

  #follow(): void {
    const { state, theme, effect } = this.#ctx;
    followField(
      this.#ctx,
      (busy) => this.#busy(busy),
      (loaded) => this.#show(loaded),
    );
    effect(() => {
      const empty = state.content.value.steps.count === 0;
      this.#parts.status.textContent = empty ? "Nothing was written, so there is nothing to show." : "";
    });
    effect(() => {
      void [state.options.value, theme.value];
      untracked(() => this.#read());
      this.#repaint();
    });
    effect(() => {
      void state.held.value;
      this.#repaint();
    });
  }

  #busy(on: boolean): void {
    const { root, lines, tip } = this.#parts;
    root.classList.toggle("busy", on);
    if (!on) return;
    this.#loaded = null;
    lines.hidden = true;
    tip.hidden = true;
  }

  #show(loaded: Loaded): void {
    this.#loaded = loaded;
    this.#asked = "";
    const { starts, steps } = loaded.field.shape;
    this.#parts.active.size(starts.length + 2, steps.length + 1);
    this.#cursor = inside(this.#cursor, { rows: starts.length + 1, columns: steps.length });
    this.#read();
    this.#resize();
    this.#describe();
  }

  /** Read the scores with the options as they are now. */
  #read(): void {
    if (!this.#loaded) return;
    const { field } = this.#loaded;
    field.read(matrixOptions(this.#ctx.state, field, field.shape));
    updateLegend(this.#parts, field, lookOf(this.#host, this.#ctx, field.signed));
  }

  /** The columns held. */
  #held(): number[] {
    const held = new Set(this.#ctx.state.held.peek());
    const columns = this.#loaded?.field.shape.steps ?? [];
    return columns.flatMap((steps, c) => (steps.some((s) => held.has(s)) ? [c] : []));
  }

  #paint(): void {
    const { layout, across, down } = this.#viewport;
    if (!this.#loaded || layout.width === 0) return;
    const { field } = this.#loaded;
    const picture: Picture = { field, layout, across, down, held: this.#held(), hover: this.#hovered };
    const look = lookOf(this.#host, this.#ctx, field.signed);
    if (this.#paper) paintMatrix(this.#paper, picture, look, devicePixelRatio);
    moveCrosshair(this.#parts, picture);
  }

  /** Bring the page up to the viewport: sizes, scroll position, what the buttons can still do. */
  #apply(): void {
    const { spacer, grid, nearer, farther, whole } = this.#parts;
    const [width, height] = this.#viewport.extent();
    Object.assign(spacer.style, { width: `${width}px`, height: `${height}px` });
    grid.style.height = `${this.#viewport.layout.height}px`;
    grid.scrollLeft = this.#viewport.across.offset;
    grid.scrollTop = this.#viewport.down.offset;
    const can = this.#viewport.can();
    nearer.disabled = !can.nearer;
    farther.disabled = !can.farther;
    whole.disabled = !can.whole;
    this.#repaint();
    this.#fetchNumbers();
  }

  #resize(): void {
    const width = this.#parts.grid.clientWidth;
    if (!this.#loaded || width === 0) return;
    const { shape } = this.#loaded.field;
    this.#viewport.resize(shape, width, this.#labelWidth(shape.rowText));
    this.#apply();
    sizeCanvas(this.#parts.canvas, width, this.#viewport.layout.height);
    this.#paint();
  }

  #labelWidth(rowText: readonly string[]): number {
    const paper = this.#paper;
    if (!paper) return 70;
    paper.font = `600 13px ${getComputedStyle(this.#host).fontFamily || "sans-serif"}`;
    const longest = [...rowText].sort((a, b) => b.length - a.length).slice(0, 12);
    return Math.max(70, ...longest.map((text) => paper.measureText(text).width));
  }

  /** With a pooled map, fetch exact scores of the columns whose numbers are printed or pointed at. */
  #fetchNumbers(): void {
    const loaded = this.#loaded;
    if (!loaded) return;
    const pointed = this.#hovered?.column ?? -1;
    const steps = loaded.field.missing([...this.#viewport.printed(), ...(pointed >= 0 ? [pointed] : [])]);
    const key = steps.join();
    if (key === this.#asked || steps.length === 0) return;
    this.#asked = key;
    void this.#ctx
      .run((options) => fetchSteps(this.#ctx.session, loaded, steps, options), "matrix numbers")
      .then(() => {
        if (this.#asked === key) this.#asked = "";
        if (this.#loaded === loaded) this.#repaint();
      });
  }

  #hover(next: Spot | null): void {
    if (next?.row === this.#hovered?.row && next?.column === this.#hovered?.column) return;
    this.#hovered = next;
    const { steps, starts } = this.#loaded?.field.shape ?? {};
    const input = next?.zone === "row" ? (starts?.[next.row] ?? null) : null;
    preview(this.#ctx.state, (next && steps?.[next.column]) || [], input);
    this.#fetchNumbers();
    this.#repaint();
  }

  #choose(column: number, extend: boolean): void {
    const steps = this.#loaded?.field.shape.steps[column];
    if (steps) (extend ? extendHeld : toggleHeld)(this.#ctx, steps);
  }

  #zoom(factor: number, x?: number, y?: number): void {
    this.#viewport.zoom(factor, x, y);
    this.#apply();
  }

  #toggleWhole(): void {
    this.#viewport.toggleWhole();
    this.#apply();
  }

  #key(event: KeyboardEvent): void {
    if (!this.#loaded) return;
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (plain && (event.key === " " || event.key === "Enter"))
      this.#choose(this.#cursor.column, event.shiftKey);
    else if (plain && (event.key === "+" || event.key === "=")) this.#zoom(1.5);
    else if (plain && event.key === "-") this.#zoom(1 / 1.5);
    else if (plain && event.key === "0") this.#toggleWhole();
    else if (!this.#walk(event)) return;
    event.preventDefault();
    this.#describe();
  }

  /** Move the cursor; false for a key that does not. */
  #walk(event: Key): boolean {
    const { layout, page } = this.#viewport;
    const to = move(this.#cursor, event, { rows: layout.rows + 1, columns: layout.columns, page });
    if (!to || !this.#loaded) return false;
    this.#cursor = to;
    this.#viewport.reveal(to);
    this.#apply();
    this.#hover({ zone: to.row < layout.rows ? "cell" : "probability", ...to });
    this.#ctx.announce(cellLabel(this.#loaded.field, to.row, to.column));
    return true;
  }

  /** Describe the cell with the cursor for screen readers. */
  #describe(): void {
    if (!this.#loaded) return;
    const { field } = this.#loaded;
    const { row, column } = this.#cursor;
    const { active } = this.#parts;
    active.header.textContent = field.shape.rowText[row] ?? "probability";
    const [label, selected] = [cellLabel(field, row, column), this.#held().includes(column)];
    active.show({ row: row + 2, column: column + 2, label, selected });
  }
}
