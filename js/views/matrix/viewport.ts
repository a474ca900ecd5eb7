/** What of the matrix is in view and how large: zoom, pan and reveal, without the page. */
import type { Cell } from "../../a11y/grid";
import { type Axis, reveal, visible, zoomAt } from "../../draw/heatmap";
import type { Shape } from "../../scores/shape";
import { type Layout, layout, limits, natural, printsNumbers, room, settle, startScale } from "./layout";

const within = (axis: Axis, [least, most]: readonly [number, number, number]): Axis => ({
  offset: axis.offset,
  scale: Math.min(Math.max(axis.scale, least), most),
});

export class Stage {
  l: Layout = layout(0, 0, 1, 1, natural.most);
  across: Axis = { offset: 0, scale: 1 };
  down: Axis = { offset: 0, scale: 1 };
  #shape: Shape | null = null;
  #labels = 0;

  /** Fits a view of this width; a new shape starts at its own size, an old one keeps what it shows. */
  resize(shape: Shape, width: number, labels: number): void {
    const [rows, columns] = [shape.starts.length, shape.steps.length];
    this.#labels = labels;
    if (this.#shape !== shape) {
      this.#shape = shape;
      const [x, y] = startScale(layout(width, labels, rows, columns, natural.most));
      this.across = { offset: 0, scale: x };
      this.down = { offset: 0, scale: y };
    }
    this.l = layout(width, labels, rows, columns, this.across.scale);
    const edge = limits(this.l);
    this.place(within(this.across, edge.across), within(this.down, edge.down));
  }

  place(across: Axis, down: Axis): void {
    this.l = layout(this.l.width, this.#labels, this.l.rows, this.l.columns, across.scale);
    const [wide, tall] = room(this.l);
    this.across = settle(across, this.l.columns, wide);
    this.down = settle(down, this.l.rows, tall);
  }

  /** Zooms about a point of the view, its middle when none is given. */
  zoom(factor: number, x?: number, y?: number): void {
    const edge = limits(this.l);
    const [wide, tall] = room(this.l);
    this.place(
      zoomAt(
        this.across,
        x === undefined ? wide / 2 : x - this.l.gutter,
        factor,
        edge.across[0],
        edge.across[1],
      ),
      zoomAt(this.down, y === undefined ? tall / 2 : y - this.l.head, factor, edge.down[0], edge.down[1]),
    );
  }

  /** All of it at once, or back to the size of reading. */
  toggleWhole(): void {
    const edge = limits(this.l);
    const { nearer, farther } = this.can();
    const at = nearer && !farther ? 2 : 0;
    this.place({ offset: 0, scale: edge.across[at] }, { offset: 0, scale: edge.down[at] });
  }

  can(): { nearer: boolean; farther: boolean; whole: boolean } {
    const { across, down } = limits(this.l);
    const farther = this.across.scale > across[0] * 1.001 || this.down.scale > down[0] * 1.001;
    return {
      nearer: this.across.scale < across[1] || this.down.scale < down[1],
      farther,
      whole: farther || across[0] < across[2] || down[0] < down[2],
    };
  }

  reveal(cell: Cell): void {
    const [wide, tall] = room(this.l);
    this.place(
      { scale: this.across.scale, offset: reveal(this.across, cell.column, wide) },
      { scale: this.down.scale, offset: reveal(this.down, Math.min(cell.row, this.l.rows - 1), tall) },
    );
  }

  /** Takes over where the page has scrolled to; the page rounds, so less than a pixel is no move. */
  scrolled(left: number, top: number): void {
    const moved = (axis: Axis, to: number): Axis =>
      Math.abs(to - axis.offset) < 1 ? axis : { ...axis, offset: to };
    this.across = moved(this.across, left);
    this.down = moved(this.down, top);
  }

  /** What the page has to scroll over. */
  extent(): [width: number, height: number] {
    const [wide, tall] = room(this.l);
    return [
      this.l.width - wide + Math.max(wide, this.l.columns * this.across.scale),
      this.l.height - tall + Math.max(tall, this.l.rows * this.down.scale),
    ];
  }

  /** Rows that PageUp and PageDown jump over. */
  get page(): number {
    return Math.max(1, Math.floor(room(this.l)[1] / this.down.scale) - 1);
  }

  /** The columns whose numbers are printed. */
  printed(): number[] {
    if (!printsNumbers(this.across, this.down)) return [];
    const [first, end] = visible(this.across, this.l.columns, room(this.l)[0]);
    return Array.from({ length: end - first }, (_, i) => first + i);
  }
}
