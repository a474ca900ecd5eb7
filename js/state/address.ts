/** What is shown as the fragment of an address, "#method=gim&held=5&heads=2.3", and back. */
import { batch, type Signal } from "@preact/signals-core";
import type { Content } from "../session/content";
import { type Head, headRules } from "../session/heads";
import { groupings, unitRules } from "../session/units";
import { readPins, writtenPins } from "./pins";
import { defaultOptions, type Options, type State } from "./state";

/** What a state can be restored from; layers and heads from 0. */
export type Chosen = Pick<State, "held" | "method" | "layer" | "heads" | "view" | "options">;
export type Values = { readonly [K in keyof Chosen]: ReturnType<Chosen[K]["peek"]> };

const names = ["method", "held", "layer", "heads", "view"] as const;

const written = (value: Values[(typeof names)[number]]): string =>
  Array.isArray(value)
    ? value.map((one: number | Head) => (Array.isArray(one) ? one.join(".") : one)).join(",")
    : String(value ?? "all");

/** The values of the state now. */
export const valuesOf = (state: State): Values => ({
  held: state.held.value,
  method: state.method.value,
  layer: state.layer.value,
  heads: state.heads.value,
  view: state.view.value,
  options: state.options.value,
});

/** The fragment that leads from `start` to `now`, without its "#"; "" where nothing differs. */
export function fragmentOf(now: Values, start: Values): string {
  const parts = names
    .filter((name) => written(now[name]) !== written(start[name]))
    .map((name) => [name, written(now[name])] as const);
  const options = Object.keys(now.options)
    .map((name) => [name, optionText(now.options, name), optionText(start.options, name)] as const)
    .filter(([, value, before]) => value !== before);
  return [...parts, ...options]
    .map(([name, value]) => `${name}=${encodeURIComponent(value).replace(/%2C/g, ",").replace(/%3A/g, ":")}`)
    .join("&");
}

function optionText(options: Options, name: string): string {
  if (name === "pins") return writtenPins(options.pins);
  const value = options[name as keyof Options];
  return Array.isArray(value) ? value.join(".") : String(value ?? "none");
}

/** Show what a fragment says, beginning at `start`. What does not exist in this page is left as it is at the start. */
export function restore(state: State, fragment: string, start: Values, views: readonly string[]): void {
  const said = new URLSearchParams(fragment.replace(/^#/, ""));
  const content = state.content.peek();
  batch(() => {
    for (const name of names) {
      const text = said.get(name);
      const value = text === null ? undefined : read(name, text, content, views);
      (state[name] as Signal<unknown>).value = value === undefined ? start[name] : value;
    }
    const options: Record<string, unknown> = { ...start.options };
    for (const [name, usual] of Object.entries(defaultOptions)) {
      const text = said.get(name);
      const value = name === "pins" ? pinsIn(text, content) : option(name, text, usual);
      if (value !== undefined) options[name] = value;
    }
    state.options.value = options as unknown as Options;
  });
}

/** The value of a name; undefined for one that does not exist here. */
function read(
  name: (typeof names)[number],
  text: string,
  { methods, steps, layers, heads }: Content,
  views: readonly string[],
): unknown {
  const whole = (part: string, end: number): number =>
    /^\d+$/.test(part) && Number(part) < end ? Number(part) : Number.NaN;
  const items = text === "" ? [] : text.split(",");
  if (name === "method") return methods.some((one) => one.name === text) ? text : undefined;
  if (name === "view") return views.includes(text) ? text : undefined;
  if (name === "layer") return text === "all" ? null : known([whole(text, layers)])?.[0];
  if (name === "held") return known(items.map((part) => whole(part, steps.count)));
  const pairs = items.map((pair) => {
    const [layer = "", head = ""] = pair.split(".");
    return [whole(layer, layers), whole(head, heads)];
  });
  return known(pairs.flat()) && pairs;
}

const known = (values: number[]): number[] | undefined => (values.some(Number.isNaN) ? undefined : values);

/** The values that an option may have, where it is a word; the search has any. */
const choices: Readonly<Record<string, readonly string[]>> = {
  head_rule: headRules,
  span_rule: ["mean", "sum"],
  units: groupings,
  unit_rule: unitRules,
  compare: ["other", "methods", "pinned"],
};

const pinsIn = (text: string | null, content: Content) =>
  text === null ? undefined : readPins(text, content);

/** The value of an option of the kind of `usual`; undefined where there is none. */
function option(name: string, text: string | null, usual: Options[keyof Options]): unknown {
  if (text === null) return undefined;
  if (name === "enlarged") {
    const head = /^(\d+)\.(\d+)$/.exec(text);
    return head ? [Number(head[1]), Number(head[2])] : text === "none" ? null : undefined;
  }
  if (typeof usual === "boolean") return text === "true" ? true : text === "false" ? false : undefined;
  if (typeof usual === "string") return choices[name]?.includes(text) === false ? undefined : text;
  const number = Number(text);
  return number > 0 && number <= 1 ? number : undefined;
}
