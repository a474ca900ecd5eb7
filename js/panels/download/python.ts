/** The lines of Python that restore what is shown. Layers, heads and steps are counted from 0, as Python's arguments are. */
import { methodOf, restingSteps } from "../../state/selectors";
import { defaultOptions, type State } from "../../state/state";

/** A value as Python writes it. */
function literal(value: unknown): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "object")
    return `{${Object.entries(value as object)
      .map(([name, one]) => `"${name}": ${literal(one)}`)
      .join(", ")}}`;
  return JSON.stringify(value);
}

/** The options that are not as they are at first. */
export const changedOptions = (state: State): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(state.options.peek()).filter(
      ([name, value]) =>
        JSON.stringify(value) !== JSON.stringify(defaultOptions[name as keyof typeof defaultOptions]),
    ),
  );

/** Assignments to the widget of `ex`, or of its comparison with `other`, whatever it shows at the moment. */
export function toPython(state: State, compared = false): string {
  const [heads, layer, foil] = [state.heads.peek(), state.layer.peek(), state.foil.peek()];
  const foils = Object.keys(state.content.peek().contrast).length > 0;
  const name = compared ? "both" : "ex";
  const set = (trait: string, value: unknown) => `${name}.widget.${trait} = ${literal(value)}`;
  return [
    ...(compared ? ["both = aw.compare(ex, other)"] : []),
    set("method", methodOf(state)?.name ?? ""),
    set("held", [...restingSteps(state)]),
    ...(foils ? [set("foil", foil && { step: foil.step, ids: [...foil.ids] })] : []),
    layer === null ? set("heads", heads) : set("layer", layer),
    set("view", state.view.peek()),
    set("options", changedOptions(state)),
    `${name}  # as the last line of a cell: the widget`,
    "",
  ].join("\n");
}
