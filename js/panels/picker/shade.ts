/** What the picker asks for and what it changes. */
import { batch, computed } from "@preact/signals-core";
import type { Head } from "../../session/session";
import { methodOf, targetSteps, type ViewContext } from "../../state/selectors";
import type { State } from "../../state/state";
import { choose, headName, shadeSays } from "./text";

/** Keeps the shade of the heads that of the words explained, and `says` what it is; null while there is none. */
export function shade(
  ctx: ViewContext,
  says: HTMLElement,
  show: (values: Float32Array | null) => void,
): void {
  const { state, session } = ctx;
  const cross = computed(() => {
    const method = methodOf(state);
    return method?.source === undefined ? null : method;
  });
  ctx.effect(() => {
    const content = state.content.value;
    const steps = targetSteps(state);
    const { source, description: kind } = cross.value ?? {};
    const pointed = state.hoveredInput.value;
    const input = source !== undefined && pointed !== null && pointed >= source ? null : pointed;
    const { hide_special, hide_first, hide_target } = state.options.value;
    const hide = { hide_special, hide_first, hide_target: hide_target || source !== undefined };
    if (content.layers === 0) return;
    says.textContent = shadeSays(content, steps, input, kind);
    if (steps.length === 0) {
      show(null);
      return;
    }
    let over = false;
    void ctx
      .run((options) => session.heads(steps, input, hide, options), "heads")
      .then((values) => {
        if (values && !over) show(source === undefined ? values : values.map((weight) => 2 * weight));
      });
    return () => {
      over = true;
    };
  });
}

/** Whether a head, or a whole layer (head −1), is held. */
export function chosen({ layer, heads }: State, [l, h]: Head): boolean {
  return h < 0 ? layer.peek() === l : heads.peek().some((other) => other[0] === l && other[1] === h);
}

/** Chooses a head, or a whole layer (head −1), and shows attention. Returns what to say of it. */
export function pickHead(state: State, [layer, head]: Head, adding: boolean): string {
  batch(() => {
    if (head < 0) {
      state.layer.value = state.layer.peek() === layer ? null : layer;
      state.heads.value = [];
    } else {
      state.heads.value = choose(state.heads.peek(), [layer, head], adding);
      state.layer.value = null;
    }
    const attention = state.content.peek().methods.find((m) => m.attention);
    if (!methodOf(state, state.method.peek())?.attention && attention) state.method.value = attention.name;
  });
  const name = head < 0 ? `layer ${layer + 1}` : headName([layer, head]);
  return `${name} ${chosen(state, [layer, head]) ? "held" : "let go"}`;
}
