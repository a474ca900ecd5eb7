/** A live region that says what happened, one message at a time. */

/** Long enough for sentences that belong together to be said as one. */
const gather = 250;

export function speaker(live: HTMLElement, signal: AbortSignal): (text: string) => void {
  let waiting: string[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  signal.addEventListener("abort", () => clearTimeout(timer));
  return (text) => {
    waiting.push(text);
    clearTimeout(timer);
    timer = setTimeout(() => {
      live.textContent = waiting.join(" ");
      waiting = [];
    }, gather);
  };
}
