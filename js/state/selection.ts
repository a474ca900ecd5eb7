/** Holding steps and letting go, the same in every view. */
import { batch } from "@preact/signals-core";
import { spoken } from "../draw/numerals";
import type { Foil } from "../session/session";
import { foilOf, type ViewContext } from "./selectors";
import { named, unitsOf } from "./units";

/** Holds `steps`, or lets go of them when they are what is held. */
export function toggleHold(ctx: ViewContext, steps: readonly number[]): void {
  const { held } = ctx.state;
  const same = steps.length === held.peek().length && steps.every((s, k) => s === held.peek()[k]);
  if (same) release(ctx);
  else hold(ctx, steps);
}

/** Holds everything from what is held to `steps`. */
export function extendHold(ctx: ViewContext, steps: readonly number[]): void {
  const all = [...ctx.state.held.peek(), ...steps];
  const low = Math.min(...all);
  hold(
    ctx,
    Array.from({ length: Math.max(...all) - low + 1 }, (_, k) => low + k),
  );
}

/** Lets go of the foil, or, without one, of what is held. */
export function letGo(ctx: ViewContext): void {
  if (ctx.state.foil.peek()) contrast(ctx, null);
  else release(ctx);
}

/** Contrasts a step, which is then held, with what it might have been; null lets go of the foil. */
export function contrast(ctx: ViewContext, foil: Foil | null): void {
  const { state } = ctx;
  batch(() => {
    if (foil && String(state.held.peek()) !== String(foil.step)) state.held.value = [foil.step];
    state.foil.value = foil;
  });
  const units = unitsOf(state.content.peek());
  const why = foil && named(units.joined(units.ofSteps([foil.step])));
  ctx.announce(foil ? `Why ${why} and not ${named(foil.text)}.` : "Foil let go.");
}

function release(ctx: ViewContext): void {
  if (ctx.state.held.peek().length === 0) return;
  batch(() => {
    ctx.state.held.value = [];
    ctx.state.foil.value = null;
  });
  ctx.announce("Let go.");
}

function hold(ctx: ViewContext, steps: readonly number[]): void {
  batch(() => {
    ctx.state.held.value = steps;
    if (!foilOf(ctx.state, steps)) ctx.state.foil.value = null;
  });
  const content = ctx.state.content.peek();
  const units = unitsOf(content);
  const words = named(units.joined(units.ofSteps(steps)));
  const p = steps.reduce((all, s) => all * (content.steps.probability[s] ?? Number.NaN), 1);
  ctx.announce(`Holding ${words}${Number.isNaN(p) ? "" : `, probability ${spoken(p)}`}.`);
}

/** The units that gave most, for a screen reader: "most from America 0.181, is 0.139". */
export function strongest(ctx: ViewContext, values: Float32Array, high: number, count = 3): string {
  const units = unitsOf(ctx.state.content.peek());
  const order = [...values.keys()].filter((u) => values[u] !== 0 && !Number.isNaN(values[u] as number));
  order.sort((a, b) => Math.abs(values[b] as number) - Math.abs(values[a] as number));
  return order
    .slice(0, count)
    .map((u) => `${named(units.text(u))} ${spoken(values[u] as number, high)}`)
    .join(", ");
}
