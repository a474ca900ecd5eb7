/** Which cells of the matrix are in view and how large they are: zoom, pan and reveal. Knows no element. */
import type { Cell } from "../../a11y/grid";
import { type Axis, reveal, visible, zoomAt } from "../../draw/heatmap";
import type { Shape } from "../../scores/shape";
import { type Layout, layoutOf, limits, natural, printsNumbers, room, settle, startScale } from "./layout";

const within = (axis: Axis, [least, most]: readonly [number, number, number]): Axis => ({
  offset: axis.offset,
  scale: Math.min(Math.max(axis.scale, least), most),
});

export class Viewport {
  layout: Layout = layoutOf(0, 0, 1, 1, natural.most);
  across: Axis = { offset: 0, scale: 1 };
  down: Axis = { offset: 0, scale: 1 };
  #shape: Shape | null = null;
  #labels = 0;

  /** Fit a view of this width. A new shape starts at its own scale, a known one keeps what it shows. */
  resize(shape: Shape, width: number, labels: number): void {
    const [rows, columns] = [shape.starts.length, shape.steps.length];
    this.#labels = labels;
    if (this.#shape !== shape) {
      this.#shape = shape;
      const [x, y] = startScale(layoutOf(width, labels, rows, columns, natural.most));
      this.across = { offset: 0, scale: x };
      this.down = { offset: 0, scale: y };
    }
    this.layout = layoutOf(width, labels, rows, columns, this.across.scale);
    const edge = limits(this.layout);
    this.place(within(this.across, edge.across), within(this.down, edge.down));
  }

  place(across: Axis, down: Axis): void {
    this.layout = layoutOf(
      this.layout.width,
      this.#labels,
      this.layout.rows,
      this.layout.columns,
      across.scale,
    );
    const [wide, tall] = room(this.layout);
    this.across = settle(across, this.layout.columns, wide);
    this.down = settle(down, this.layout.rows, tall);
  }

  /** Zoom around a point of the view, by default its middle. */
  zoom(factor: number, x?: number, y?: number): void {
    const edge = limits(this.layout);
    const [wide, tall] = room(this.layout);
    this.place(
      zoomAt(
        this.across,
        x === undefined ? wide / 2 : x - this.layout.gutter,
        factor,
        edge.across[0],
        edge.across[1],
      ),
      zoomAt(
        this.down,
        y === undefined ? tall / 2 : y - this.layout.head,
        factor,
        edge.down[0],
        edge.down[1],
      ),
    );
  }

  /** Show all cells at once, or return to the size for reading. */
  toggleWhole(): void {
    const edge = limits(this.layout);
    const { nearer, farther } = this.can();
    const at = nearer && !farther ? 2 : 0;
    this.place({ offset: 0, scale: edge.across[at] }, { offset: 0, scale: edge.down[at] });
  }

  /** What the buttons can still do. */
  can(): { nearer: boolean; farther: boolean; whole: boolean } {
    const { across, down } = limits(this.layout);
    const farther = this.across.scale > across[0] * 1.001 || this.down.scale > down[0] * 1.001;
    return {
      nearer: this.across.scale < across[1] || this.down.scale < down[1],
      farther,
      whole: farther || across[0] < across[2] || down[0] < down[2],
    };
  }

  reveal(cell: Cell): void {
    const [wide, tall] = room(this.layout);
    this.place(
      { scale: this.across.scale, offset: reveal(this.across, cell.column, wide) },
      { scale: this.down.scale, offset: reveal(this.down, Math.min(cell.row, this.layout.rows - 1), tall) },
    );
  }

  /** Follow the scroll position of the page. It is rounded: less than a pixel is no move. */
  scrolled(left: number, top: number): void {
    const moved = (axis: Axis, to: number): Axis =>
      Math.abs(to - axis.offset) < 1 ? axis : { ...axis, offset: to };
    this.across = moved(this.across, left);
    this.down = moved(this.down, top);
  }

  /** The size of the area that the page scrolls over. */
  extent(): [width: number, height: number] {
    const [wide, tall] = room(this.layout);
    return [
      this.layout.width - wide + Math.max(wide, this.layout.columns * this.across.scale),
      this.layout.height - tall + Math.max(tall, this.layout.rows * this.down.scale),
    ];
  }

  /** Rows that PageUp and PageDown jump over. */
  get page(): number {
    return Math.max(1, Math.floor(room(this.layout)[1] / this.down.scale) - 1);
  }

  /** The columns whose numbers are printed. */
  printed(): number[] {
    if (!printsNumbers(this.across, this.down)) return [];
    const [first, end] = visible(this.across, this.layout.columns, room(this.layout)[0]);
    return Array.from({ length: end - first }, (_, i) => first + i);
  }
}
