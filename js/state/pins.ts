/** Pins: words that were held, with how they were shown. */
import type { Content } from "../session/content";
import type { Foil } from "../session/foil";
import type { Head } from "../session/heads";
import type { Display } from "./display";
import { named } from "./names";
import { restingSteps } from "./selectors";
import type { Pin, State } from "./state";
import { unitsOf } from "./units";

/** What the words of a pin are called. */
export function pinName({ held }: Pin, content: Content): string {
  const units = unitsOf(content);
  return held.length > 0 ? named(units.joined(units.ofSteps(held))) : "the whole answer";
}

/** Pin what is shown now, once. */
export function pin({ state, announce }: Pick<Display, "state" | "announce">): void {
  const { method, foil, layer, heads, options } = state;
  const now: Pin = {
    method: method.peek(),
    held: restingSteps(state),
    foil: foil.peek(),
    layer: layer.peek(),
    heads: heads.peek(),
  };
  const name = pinName(now, state.content.peek());
  const { pins } = options.peek();
  const known = pins.some((one) => same(one, now));
  if (!known) options.value = { ...options.peek(), pins: [...pins, now] };
  announce(known ? `${name} is pinned already.` : `Pinned ${name}.`);
}

export function unpin({ state, announce }: Pick<Display, "state" | "announce">, gone: Pin): void {
  const options = state.options.peek();
  state.options.value = { ...options, pins: options.pins.filter((one) => one !== gone) };
  announce(`Unpinned ${pinName(gone, state.content.peek())}.`);
}

/** The pins that exist in this text: another answer has other words. */
export const pinsOf = (state: State): readonly Pin[] => {
  const { methods, steps } = state.content.value;
  return state.options.value.pins.filter(
    ({ method, held }) =>
      methods.some(({ name }) => name === method) && held.every((step) => step < steps.count),
  );
};

const same = (a: Pin, b: Pin): boolean =>
  JSON.stringify([a.method, a.held, a.foil?.ids, a.layer, a.heads]) ===
  JSON.stringify([b.method, b.held, b.foil?.ids, b.layer, b.heads]);

/** Pins as a text of an address, "gim~5~!attention~5,6~2.3", layers and heads from 0; a foil after them: "gim~5~~5.77: Rome". */
export const writtenPins = (pins: readonly Pin[]): string =>
  pins
    .map(({ method, held, foil, layer, heads }) =>
      [
        method,
        held.join(","),
        layer === null ? heads.map((head) => head.join(".")).join(",") : layer,
        ...(foil ? [`${[foil.step, ...foil.ids].join(".")}:${escaped(foil.text)}`] : []),
      ].join("~"),
    )
    .join("!");

/** A text without the marks between pins and their parts. */
const escaped = (text: string): string => text.replace(/[%~!]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
const unescaped = (text: string): string =>
  text.replace(/%(25|7e|21)/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));

/** Read such a text; undefined where it names what does not exist. */
export function readPins(
  text: string,
  { methods, steps, layers, heads }: Content,
): readonly Pin[] | undefined {
  const whole = (part: string | undefined, end: number): number =>
    part && /^\d+$/.test(part) && Number(part) < end ? Number(part) : Number.NaN;
  const list = (part: string): string[] => (part === "" ? [] : part.split(","));
  const pins = (text === "" ? [] : text.split("!")).map((one): Pin => {
    const [method = "", held = "", where = "", foil] = one.split("~");
    const layer = /^\d+$/.test(where) ? whole(where, layers) : null;
    const pairs = layer === null ? list(where).map((pair) => pair.split(".")) : [];
    return {
      method,
      held: list(held).map((step) => whole(step, steps.count)),
      foil: foil === undefined ? null : foilIn(foil),
      layer,
      heads: pairs.map(([of, head]): Head => [whole(of, layers), whole(head, heads)]),
    };
  });
  const numbers = pins.flatMap(({ held, foil, layer, heads: pairs }) => [
    ...held,
    ...(foil ? [whole(`${foil.step}`, steps.count), foil.ids.length > 0 ? 0 : Number.NaN, ...foil.ids] : []),
    layer ?? 0,
    ...pairs.flat(),
  ]);
  const known = pins.every((one) => methods.some(({ name }) => name === one.method));
  return known && !numbers.some(Number.isNaN) ? pins : undefined;
}

/** "5.77: Rome" as a foil; NaN where there is no whole number. */
function foilIn(text: string): Foil {
  const colon = text.indexOf(":");
  const [step = Number.NaN, ...ids] = text
    .slice(0, Math.max(0, colon))
    .split(".")
    .map((part) => (/^\d+$/.test(part) ? Number(part) : Number.NaN));
  return { step, ids, text: unescaped(text.slice(colon + 1)) };
}
