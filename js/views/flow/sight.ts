/** What is in sight, and where numbers at its edges stand: between the lines. */
import type { Box } from "../running-text/boxes";
import type { Sheet } from "../running-text/page";

export interface Sight {
  readonly top: number;
  readonly bottom: number;
  /** The middles of the numbers at the upper and at the lower edge. */
  readonly labels: readonly [upper: number, lower: number];
}

/** From the edge of the view to a number there, and between the number and a line, in pixels. */
const deep = 18;
const room = 13;

export function sightOf({ boxes, view: [top, bottom] }: Pick<Sheet, "boxes" | "view">): Sight {
  const lines = (from: number) => {
    const [first, end] = boxes.between(from - 60, from + 60);
    return Array.from({ length: end - first }, (_, k) => boxes.first(first + k));
  };
  const covers = (y: number) => (box: Box | undefined) =>
    box !== undefined && box.top - room < y && y < box.top + box.height + room;
  const upper = lines(top).find(covers(top + deep));
  const lower = lines(bottom).find(covers(bottom - deep));
  const labels = [
    upper ? upper.top + upper.height + room : top + deep,
    lower ? lower.top - room : bottom - deep,
  ] as const;
  return { top, bottom, labels };
}
