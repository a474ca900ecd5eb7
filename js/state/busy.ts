/** Whether what is shown may still change: screen readers wait for it, and so do tests. */
import { afterNextFrame } from "../dom";

/** Mark `element` busy from each call of the function returned until the call of what that returns, and for a frame. */
export function markBusy(element: HTMLElement, end: AbortSignal): () => () => void {
  let count = 0;
  const tell = () => element.setAttribute("aria-busy", `${count > 0}`);
  // What follows the last answer is drawn after the next frame.
  const later = afterNextFrame(tell, end);
  return () => {
    count++;
    tell();
    let one = 1;
    return () => {
      count -= one;
      one = 0;
      later();
    };
  };
}

/** Call `work` in so many milliseconds, busy until it is done; the function returned gives it up. */
export function afterRest(begin: () => () => void, ms: number, work: () => unknown): () => void {
  const done = begin();
  const timer = setTimeout(() => Promise.resolve().then(work).finally(done), ms);
  return () => {
    clearTimeout(timer);
    done();
  };
}
