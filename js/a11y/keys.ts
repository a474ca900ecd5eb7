/** Keys that work anywhere in the widget: Esc lets go, brackets move through layers and heads, ? helps. */
import { batch } from "@preact/signals-core";
import { letGo } from "../state/selection";
import { attentionMethod, type ViewContext } from "../state/selectors";

export interface Panels {
  /** Closes an open panel; false when there was none. */
  close(): boolean;
  help(): void;
}

/** The next of 0 … count − 1 or null (all), in a ring. */
export function around(now: number | null, step: 1 | -1, count: number): number | null {
  const next = (now === null ? count : now) + step;
  const ring = ((next % (count + 1)) + count + 1) % (count + 1);
  return ring === count ? null : ring;
}

function moveLayer(ctx: ViewContext, step: 1 | -1): void {
  const { state } = ctx;
  const { layers } = state.content.peek();
  if (layers === 0) return;
  const [only, ...more] = state.heads.peek();
  if (only && more.length === 0) {
    const layer = (only[0] + step + layers) % layers;
    state.heads.value = [[layer, only[1]]];
    ctx.announce(`Layer ${layer + 1}, head ${only[1] + 1}.`);
  } else {
    const layer = around(only ? null : state.layer.peek(), step, layers);
    state.heads.value = [];
    state.layer.value = layer;
    ctx.announce(layer === null ? "All layers." : `Layer ${layer + 1}.`);
  }
}

function moveHead(ctx: ViewContext, step: 1 | -1): void {
  const { state } = ctx;
  const { layers, heads } = state.content.peek();
  if (layers === 0 || heads === 0) return;
  const [only] = state.heads.peek();
  const layer = only?.[0] ?? state.layer.peek() ?? 0;
  const head = only ? (only[1] + step + heads) % heads : step === 1 ? 0 : heads - 1;
  state.layer.value = null;
  state.heads.value = [[layer, head]];
  ctx.announce(`Layer ${layer + 1}, head ${head + 1}.`);
}

export function listenForKeys(root: HTMLElement, ctx: ViewContext, panels: Panels): void {
  const attend = (move: () => void) =>
    batch(() => {
      const attention = attentionMethod(ctx.state);
      if (!attention) return;
      ctx.state.method.value = attention.name;
      move();
    });
  const grammar: Record<string, () => void> = {
    "[": () => attend(() => moveLayer(ctx, -1)),
    "]": () => attend(() => moveLayer(ctx, 1)),
    "{": () => attend(() => moveHead(ctx, -1)),
    "}": () => attend(() => moveHead(ctx, 1)),
    "?": () => panels.help(),
    Escape: () => {
      if (!panels.close()) letGo(ctx);
    },
  };
  root.addEventListener(
    "keydown",
    (event) => {
      const act = grammar[event.key];
      const target = event.composedPath()[0];
      const typing =
        target instanceof HTMLTextAreaElement ||
        target instanceof HTMLSelectElement ||
        (target instanceof HTMLInputElement && target.type === "text");
      if (!act || event.ctrlKey || event.metaKey || (typing && event.key !== "Escape")) return;
      event.preventDefault();
      // Jupyter has keys of its own.
      event.stopPropagation();
      act();
    },
    { signal: ctx.signal },
  );
}
