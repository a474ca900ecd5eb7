/** Handle the keys that work anywhere in a display: Esc lets go, brackets change layer and head, C compares, P pins, / searches, ? opens the help. */
import { batch } from "@preact/signals-core";
import { listen } from "../dom";
import type { Display } from "../state/display";
import { moveHead, moveLayer } from "../state/heads";
import { letGo } from "../state/let-go";
import { pin } from "../state/pins";

/** What the keys need of the toolbar. */
export interface Panels {
  /** Close the open panel; false without one. */
  close(): boolean;
  help(): void;
}

/** What they need of the search. */
export interface Searching {
  focus(): void;
  next(step: 1 | -1): void;
  /** Forget what was searched for; false if nothing was. */
  clear(): boolean;
}

function isTyping(target: EventTarget | undefined): boolean {
  return (
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && target.type === "text")
  );
}

export function listenForKeys(root: HTMLElement, display: Display, panels: Panels, search: Searching): void {
  const { state, announce, signal } = display;
  let former = "text";
  const move = (announcement: string | null) => announcement && announce(announcement);
  const actions: Record<string, () => void> = {
    "[": () => move(moveLayer(state, -1)),
    "]": () => move(moveLayer(state, 1)),
    "{": () => move(moveHead(state, -1)),
    "}": () => move(moveHead(state, 1)),
    "?": () => panels.help(),
    c: () => {
      const comparing = state.view.peek() === "compare";
      if (!comparing) former = state.view.peek();
      state.view.value = comparing ? former : "compare";
    },
    p: () => pin(display),
    "/": () => search.focus(),
    n: () => search.next(1),
    N: () => search.next(-1),
    Escape: () => panels.close() || search.clear() || letGo(display),
  };
  listen(root, signal, {
    keydown: (event) => {
      const act = actions[event.key];
      if (!act || event.ctrlKey || event.metaKey) return;
      if (event.key !== "Escape" && isTyping(event.composedPath()[0])) return;
      event.preventDefault();
      // Jupyter has its own meaning for these keys.
      event.stopPropagation();
      batch(act);
    },
  });
}
