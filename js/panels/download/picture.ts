/** What a figure shows: the text with a score for each unit, what is marked, and the words of the caption. */
import type { Context } from "../../context";
import { chance, numeral } from "../../draw/numerals";
import type { ShownScores } from "../../scores/shown-scores";
import { compared } from "../../scores/sink";
import { strongest } from "../../scores/strongest";
import type { Content, Section } from "../../session/content";
import { printable, quoted } from "../../state/names";
import { restingSteps } from "../../state/selectors";
import type { State } from "../../state/state";
import { type Units, unitsOf } from "../../state/units";
import { methodText } from "../footer/footer-text";

/** A unit of the text as it is drawn. */
export interface Piece {
  /** Its unit. */
  readonly at: number;
  readonly text: string;
  /** NaN for none. */
  readonly value: number;
  /** The score as a share of the greatest, -1 to 1; 0 where it has no tint. */
  readonly share: number;
  readonly said: boolean;
  /** It comes after what is explained. */
  readonly later: boolean;
  readonly hidden: boolean;
  /** It is off the scale. */
  readonly sink: boolean;
  /** Stands above it. */
  readonly number: string;
}

export interface Part {
  readonly heading: string;
  readonly pieces: readonly Piece[];
}

export interface Picture {
  readonly parts: readonly Part[];
  readonly signed: boolean;
  readonly high: number;
  readonly intensity: number;
  readonly caption: readonly string[];
}

const numbered = 5;

/** The picture of what is held or previewed; null while its scores are computed. */
export function pictureOf({ state, scores }: Pick<Context, "state" | "scores">): Picture | null {
  const shown = scores.held.peek();
  if (!shown) return null;
  const [content, options] = [state.content.peek(), state.options.peek()];
  const units = unitsOf(content);
  const said = units.ofSteps(restingSteps(state));
  const last = said.at(-1);
  const from = last === undefined || units.labels ? units.count : last + 1;
  const drawn = drawnUnits(content, units);
  const shares = compared(shown).map((v) => (Number.isNaN(v) || shown.high === 0 ? 0 : v / shown.high));
  const top = strongest(
    shares.map((v, u) => (drawn[u] && Math.abs(v) >= 0.1 ? v : 0)),
    numbered,
  );
  const signed = shown.method.signed;
  const pieces = Array.from({ length: units.count }, (_, u): Piece => {
    const value = shown.values[u] as number;
    return {
      at: u,
      text: printable(units.text(u)),
      value,
      share: shares[u] as number,
      said: said.includes(u),
      later: u >= from,
      hidden: shown.hidden[u] === 1,
      sink: shown.sinks.includes(u),
      number: top.includes(u) ? numeral(value, signed, shown.high) : "",
    };
  });
  return {
    parts: partsOf(content, units, pieces, signed),
    signed,
    high: shown.high,
    intensity: options.intensity,
    caption: captionOf(state, shown, pieces, drawn),
  };
}

const bodyOf = ({ body, start, end }: Section): readonly [number, number] => body ?? [start, end];

/** Whether each unit is drawn: what a chat template wrote is not. */
function drawnUnits(content: Content, units: Units): boolean[] {
  const bodies = content.sections.map(bodyOf);
  return Array.from({ length: units.count }, (_, u) =>
    bodies.some(([a, b]) => a <= units.start(u) && units.start(u) < b),
  );
}

function partsOf(content: Content, units: Units, pieces: readonly Piece[], signed: boolean): Part[] {
  return content.sections.map((section) => {
    const [first, last] = bodyOf(section);
    const within = (a: number, b: number) =>
      pieces.filter((_, u) => a <= units.start(u) && units.start(u) < b);
    const around = [...within(section.start, first), ...within(last, section.end)];
    const known = around.filter(({ value }) => !Number.isNaN(value));
    const sum = known.reduce((all, { value }) => all + value, 0);
    const folded = known.length > 0 ? `${around.length} template tokens: ${numeral(sum, signed)}` : "";
    return {
      heading: [section.title, section.note, folded].filter(Boolean).join(" · "),
      pieces: within(first, last),
    };
  });
}

function captionOf(
  state: State,
  shown: ShownScores,
  pieces: readonly Piece[],
  drawn: readonly boolean[],
): string[] {
  const content = state.content.peek();
  const { title } = shown.method;
  const foil = shown.query.foil ? `, and not ${quoted(state.foil.peek()?.text ?? "")}` : "";
  const marks = pieces.flatMap((piece, u) =>
    piece.sink
      ? [`${quoted(piece.text)} ${numeral(piece.value)} is off the scale${drawn[u] ? " (hatched)" : ""}`]
      : [],
  );
  if (shown.hidden.includes(1))
    marks.push(`hidden tokens (dashed) hold ${Math.round(100 * shown.hiddenShare)} % of the row`);
  if (shown.method.signed) marks.push("orange: speaks for it; blue, underlined: against it");
  return [
    `${content.model || "a model"} · ${saidText(state)}${foil}`,
    `${title}: ${methodText(shown, content)}`,
    ...marks,
  ];
}

/** "“Paris”, token 6 of 24 · p = .972 · rank 1". */
export function saidText(state: State): string {
  const content = state.content.peek();
  const { count, step_noun, probability, rank } = content.steps;
  const [one, many] = step_noun ?? ["token", "tokens"];
  const steps = restingSteps(state);
  const [step] = steps;
  if (step === undefined) return `all ${many}, mean of ${count} steps`;
  const units = unitsOf(content);
  const words = quoted(units.joined(units.ofSteps(steps)));
  if (steps.length > 1)
    return `${words}, ${steps.length} of ${count} ${many}, ${state.options.peek().span_rule} of their rows`;
  const [p, place] = [probability[step], rank[step]];
  const is = (text: string) => (/^[<>]/.test(text) ? `${text[0]} ${text.slice(1)}` : `= ${text}`);
  return [
    `${words}, ${one} ${step + 1} of ${count}`,
    p == null ? "" : `p ${is(chance(p))}`,
    place == null ? "" : `rank ${place}`,
  ]
    .filter(Boolean)
    .join(" · ");
}
