/** Effects that run again after the next frame, however much changed until then. */
import { effect } from "@preact/signals-core";
import { afterNextFrame } from "../dom";

/** Run `body` now and, whenever something that it read has changed, after the next frame, until `end` aborts. */
export function followLater(body: () => void | (() => void), end: AbortSignal): void {
  let stop = () => {};
  const again = afterNextFrame(run, end);
  function run(): void {
    let fresh = true;
    stop();
    stop = effect(() => {
      // The second time something has changed: what is read is forgotten, and the next run reads anew.
      if (!fresh) return again();
      fresh = false;
      return body();
    });
  }
  run();
  end.addEventListener("abort", () => stop());
}
