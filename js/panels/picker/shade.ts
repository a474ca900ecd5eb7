/** Fetch the shades of the heads for the words explained. */
import { computed } from "@preact/signals-core";
import type { Context } from "../../context";
import { methodOf, targetSteps } from "../../state/selectors";
import { shadeText } from "./text";

/** Give `show` the shade of each head, null while there is none, and write what it stands for into `caption`. */
export function followShade(
  { state, session, effect, run }: Context,
  caption: HTMLElement,
  show: (values: Float32Array | null) => void,
): void {
  // A signal of its own, so that other methods without a source do not fetch again.
  const cross = computed(() => {
    const method = methodOf(state);
    return method?.source === undefined ? null : method;
  });
  effect(() => {
    const content = state.content.value;
    const steps = targetSteps(state);
    const { source, description } = cross.value ?? {};
    const pointed = state.hoveredInput.value;
    const input = source !== undefined && pointed !== null && pointed >= source ? null : pointed;
    const { hide_special, hide_first, hide_target } = state.options.value;
    const hide = { hide_special, hide_first, hide_target: hide_target || source !== undefined };
    if (content.layers === 0) return;
    caption.textContent = shadeText(content, steps, input, description);
    if (steps.length === 0) {
      show(null);
      return;
    }
    let outdated = false;
    void run((options) => session.heads(steps, input, hide, options), "heads").then((values) => {
      // Cross-attention has twice the weight that the source has among all inputs.
      if (values && !outdated) show(source !== undefined ? values.map((weight) => 2 * weight) : values);
    });
    return () => {
      outdated = true;
    };
  });
}
