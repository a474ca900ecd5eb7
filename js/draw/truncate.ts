/** Cut `text` with an ellipsis so that it fits into `space`. */
export function truncate(text: string, space: number, measure: (text: string) => number): string {
  if (measure(text) <= space) return text;
  const points = Array.from(text);
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (measure(`${points.slice(0, middle).join("")}…`) <= space) low = middle;
    else high = middle - 1;
  }
  return `${points.slice(0, low).join("")}…`;
}
