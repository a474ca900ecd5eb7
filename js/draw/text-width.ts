/** How wide texts are, from their letters, each measured once: with a move of the pointer dozens of texts are drawn. */
const known = new Map<string, Map<string, number>>();

/** The width of a text in the font of `c`, but for how its letters are set together. */
export function textWidth(c: Pick<CanvasRenderingContext2D, "font" | "measureText">, text: string): number {
  let letters = known.get(c.font);
  if (!letters) {
    letters = new Map();
    known.set(c.font, letters);
  }
  let width = 0;
  for (const letter of text) {
    let own = letters.get(letter);
    if (own === undefined) {
      own = c.measureText(letter).width;
      letters.set(letter, own);
    }
    width += own;
  }
  return width;
}
