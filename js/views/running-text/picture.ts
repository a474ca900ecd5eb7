/** What the running text shows at the moment, ready to paint. */
import { computed, type ReadonlySignal } from "@preact/signals-core";
import type { Context } from "../../context";
import { paletteOf } from "../../draw/palette";
import { tint } from "../../draw/ramp";
import { compared } from "../../scores/sink";
import { piecesOf } from "../../scores/strongest";
import { pointedInput, targetSteps } from "../../state/selectors";
import { hides, unitsOf } from "../../state/units";
import { wordStarts } from "../../state/word";
import type { Folds } from "./folds";
import type { Inks, Picture } from "./paint";

export function pictureOf(folds: Folds, { state, scores }: Context): Picture {
  void folds.changed.value;
  const units = unitsOf(state.content.value);
  const shown = scores.shown.value;
  const targets = units.ofSteps(targetSteps(state));
  const options = state.options.value;
  const input = pointedInput(state);
  const last = targets.at(-1);
  const pointed = input === null ? null : units.of(input);
  const framed =
    pointed !== null && state.hoveredWord.value && shown
      ? piecesOf(pointed, shown.values, state.content.value)
      : state.hoveredInput.value === null
        ? state.selected.value.map((at) => units.of(at))
        : [pointed ?? []].flat();
  return {
    values:
      shown && folds.merged(valuesAlone(compared(shown), state.alone.value, wordStarts(state.content.value))),
    sinks: (shown?.sinks ?? []).map((u) => folds.standIn(u)),
    high: shown?.high ?? 0,
    intensity: options.intensity,
    hidden: targets.length > 0 && hides(options) ? units.hidden(options) : null,
    targets,
    pointed: pointed === null ? null : folds.standIn(pointed),
    framed: framed.map((u) => folds.standIn(u)),
    veilFrom: last === undefined || units.labels ? units.count : last + 1,
  };
}

/** The values with all but those of one unit's word left out. */
function valuesAlone(values: Float32Array, unit: number | null, starts: Int32Array): Float32Array {
  return unit === null ? values : values.map((v, u) => (starts[u] === starts[unit] ? v : Number.NaN));
}

/**
 * The colours for what is shown now. Styles have no values before the display is in the page: they are read again after
 * each measurement, and no more often.
 */
export function followInks(
  host: HTMLElement,
  ctx: Context,
  measured: ReadonlySignal<number>,
): ReadonlySignal<Inks> {
  const colors = computed(() => {
    void measured.value;
    return inksOf(host, ctx);
  });
  const signed = computed(() => ctx.scores.shown.value?.method.signed ?? false);
  return computed(() => ({ ...colors.value, signed: signed.value }));
}

/** The colours of the theme; those of the system where the person has chosen colours. */
function inksOf(host: HTMLElement, { theme }: Context): Omit<Inks, "signed"> {
  const inks = { ...paletteOf(host), ...tint(theme.value) };
  const forced = matchMedia("(forced-colors: active)").matches;
  const system = {
    ground: "Canvas",
    ink: "CanvasText",
    soft: "GrayText",
    accent: "Highlight",
    violet: "CanvasText",
  };
  return { ...inks, ...(forced ? system : {}), forced };
}
