/** A live region that a screen reader speaks, one message at a time. */

/** Messages this close together, in milliseconds, are joined into one. */
const gather = 250;

/** Announce texts in `element` until `signal` aborts. */
export function liveRegion(element: HTMLElement, signal: AbortSignal): (text: string) => void {
  let waiting: string[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  signal.addEventListener("abort", () => clearTimeout(timer));
  return (text) => {
    waiting.push(text);
    clearTimeout(timer);
    timer = setTimeout(() => {
      element.textContent = waiting.join(" ");
      waiting = [];
    }, gather);
  };
}
