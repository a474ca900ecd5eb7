/** The label of the unit pointed at: what it gave to the words explained, or to those held: "America → George .567". */
import type { Context } from "../../context";
import { h, inNextFrame } from "../../dom";
import { numeral, spoken } from "../../draw/numerals";
import type { ShownScores } from "../../scores/shown-scores";
import { piecesOf } from "../../scores/strongest";
import { named } from "../../state/names";
import { pointedInput } from "../../state/selectors";
import { type Units, unitsOf } from "../../state/units";
import type { Box } from "./boxes";
import type { TextElements } from "./build";
import { markContext } from "./context-marks";
import type { Page } from "./page";

/** Characters of a word in the label. */
const longest = 24;

export const tipElement = (): HTMLElement => h("div", { class: "tip", "aria-hidden": "true", hidden: true });

/** Write the number of the unit pointed at, or hide the tip. Return the unit to place it at. */
export function updateTip(tip: HTMLElement, text: TextElements, { state, scores }: Context): number | null {
  const units = unitsOf(state.content.value);
  const input = pointedInput(state);
  const hovered = state.hoveredSteps.value;
  const shown = input !== null ? scores.shown.value : scores.held.value;
  const u = input !== null ? units.of(input) : hovered.length > 0 ? units.ofSteps(hovered)[0] : undefined;
  const word =
    u !== undefined && shown && state.hoveredWord.value ? piecesOf(u, shown.values, state.content.value) : [];
  const pieces = word.length > 0 ? word : [u ?? 0];
  const number = u === undefined || !shown || shown.steps.length === 0 ? "" : numberOf(shown, pieces, units);
  // An attribute that is written has the page's styles read again, even if it stays the same.
  if (tip.hidden !== (number === "")) tip.hidden = number === "";
  if (tip.hidden || u === undefined || !shown) return null;
  const pair = [units.joined(pieces), units.joined(units.ofSteps(shown.steps))].map(short).join(" → ");
  tip.textContent = `${pair} ${number}`;
  text.units[u]?.setAttribute("aria-description", spokenOf(shown, u));
  return u;
}

/** Keep a tip in `host` up to date, above the unit pointed at or beside the point that `between` gives. */
export function followTip(host: HTMLElement, page: Page, ctx: Context, between: () => Box | null): void {
  const tip = tipElement();
  host.append(tip);
  let u: number | null = null;
  // In the next frame, when all that a move changes is written: measuring lays the page out.
  const place = inNextFrame(() => {
    if (u === null) return;
    const box = between() ?? page.boxes.first(page.folds.standIn(u));
    placeTip(tip, box, page.built.list.offsetWidth);
  }, page.end);
  page.follow(() => {
    u = updateTip(tip, page.built, ctx);
    if (u !== null) place();
  });
  page.follow(() => markContext(page.built, ctx));
}

/** The name of a piece of text, cut in the middle of long ones. */
function short(text: string): string {
  const name = named(text).replace(/\s+/g, " ");
  return name.length > longest ? `${name.slice(0, longest - 6)}…${name.slice(-5)}` : name;
}

function numberOf(shown: ShownScores, pieces: readonly number[], units: Units): string {
  const [u] = pieces as [number];
  if (shown.hidden[u]) return "hidden";
  const v = pieces.reduce((sum, piece) => sum + (shown.values[piece] as number), 0);
  if (!Number.isNaN(v)) return numeral(v, shown.method.signed, shown.high);
  return u < units.firstWritten ? "–" : "";
}

function spokenOf(shown: ShownScores, u: number): string {
  return shown.hidden[u] ? "hidden" : `gave ${spoken(shown.values[u] as number, shown.high)}`;
}

/** Place the tip above a box, or below it at the top of the text, or beside a point, inside the text's width. It measures the page. */
export function placeTip(tip: HTMLElement, box: Box | undefined, width: number): void {
  if (!box) return;
  const half = tip.offsetWidth / 2;
  const point = box.width === 0 && box.height === 0;
  const middle = point ? box.left + 14 + half : box.left + box.width / 2;
  const x = Math.max(half, Math.min(width - half, middle)) - half;
  const y = box.top > 22 && !point ? box.top - 4 - tip.offsetHeight : box.top + box.height + 4;
  tip.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
}
