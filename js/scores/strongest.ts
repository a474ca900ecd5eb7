/** The units that gave most, what they are called, and how much of the row they hold. */
import type { Content } from "../session/session";
import { named, type Units, unitsOf } from "../state/units";

/** The units with the greatest magnitudes that are not 0. */
export function strongest(values: Float32Array, count: number): number[] {
  const size = (u: number) => Math.abs(values[u] as number);
  return [...values.keys()]
    .filter((u) => size(u) > 0)
    .sort((a, b) => size(b) - size(a))
    .slice(0, count);
}

/** How many units have a score, and the share of it, by magnitude, that these units hold. */
export function held(values: Float32Array, units: readonly number[]): { count: number; share: number } {
  let [count, total] = [0, 0];
  for (const v of values) {
    if (Number.isNaN(v)) continue;
    count++;
    total += Math.abs(v);
  }
  const own = units.reduce((sum, u) => sum + Math.abs(values[u] as number), 0);
  return { count, share: total > 0 ? own / total : 0 };
}

/** What tells a unit from others with the same text: its section, else its place among them; "" for the only one. */
export function told(content: Content, unit: number): string {
  const units = unitsOf(content);
  const name = named(units.text(unit));
  const same = [...Array(units.count).keys()].filter(
    (u) => units.start(u) < content.inputs && named(units.text(u)) === name,
  );
  if (same.length < 2) return "";
  const own = sectionOf(content, units, unit);
  const inside = same.filter((u) => sectionOf(content, units, u) === own);
  if (inside.length === 1 && own) return own.toLowerCase();
  return `${ordinal(same.indexOf(unit) + 1)} of ${same.length}`;
}

function sectionOf({ sections }: Content, units: Units, unit: number): string {
  const at = units.start(unit);
  return sections.find(({ start, end }) => start <= at && at < end)?.title ?? "";
}

function ordinal(n: number): string {
  const teen = n % 100 > 10 && n % 100 < 14;
  return `${n}${teen ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th")}`;
}
