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
  const word = plain(units.joined(units.ofSteps(restingSteps(state))));
  const method = plain(methodOf(state)?.name ?? "");
  const heads = state.heads.peek().map(([layer, head]) => `L${layer + 1}H${head + 1}`);
  const parts: Readonly<Record<string, readonly string[]>> = {
    text: ["why", word, method],
    matrix: [view, method],
    heads: [view, state.options.peek().part, ...heads.slice(0, 3)],
    layers: [view, word],
  };
  return (parts[view] ?? [view, word, method]).filter(Boolean).join("-");
}
