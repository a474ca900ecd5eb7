/** What Esc does. */
import type { Display } from "./display";
import { chooseAll } from "./heads";
import { contrast, release, toggleSelected } from "./selection";
import { methodOf } from "./selectors";

/**
 * Go back one step: let go of the input shown alone; of the inputs selected; of the foil; of heads and layer; of attention, if choosing a head led
 * to it; of the word, so that the whole answer is explained.
 */
export function letGo(display: Display): void {
  const { state } = display;
  if (state.alone.peek() !== null) {
    state.alone.value = null;
    display.announce("All inputs.");
  } else if (state.lit.peek()) {
    state.lit.value = null;
    display.announce("Let go.");
  } else if (state.selected.peek().length > 0) toggleSelected(display, state.selected.peek());
  else if (state.foil.peek()) contrast(display, null);
  else if (state.heads.peek().length > 0 || state.layer.peek() !== null) {
    chooseAll(state);
    display.announce("All heads.");
  } else if (state.formerMethod.peek() !== null && methodOf(state)?.attention) {
    state.method.value = state.formerMethod.peek() ?? "";
    state.formerMethod.value = null;
    display.announce(`${methodOf(state)?.title}.`);
  } else release(display);
}
