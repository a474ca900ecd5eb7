/** The name of a file without its end: "why-Tokyo", "matrix-Tokyo-attention". */
import type { Context } from "../../context";
import { methodOf, restingSteps } from "../../state/selectors";
import { unitsOf } from "../../state/units";

/** Letters and digits that every system takes in a name. */
const plain = (text: string): string =>
  text
    .normalize("NFC")
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 24);

export function fileName({ state }: Pick<Context, "state">): string {
  const view = state.view.peek();
  const units = unitsOf(state.content.peek());
  const word = units.joined(units.ofSteps(restingSteps(state)));
  const method = view === "layers" || view === "heads" ? "" : (methodOf(state)?.name ?? "");
  const parts = [view === "text" ? "why" : view, view === "matrix" ? "" : plain(word), plain(method)];
  return parts.filter(Boolean).join("-");
}
