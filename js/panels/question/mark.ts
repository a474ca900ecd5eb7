/** Mark an answer in an exported page, which holds the key: as marking.py, keys.py and numbers.py of attrwidget.teach do. */
import type { Verdict } from "./asked";

/** A number, or texts that stand for one choice. */
interface Answer {
  readonly number?: number;
  /** What the last digit of such a number stands for at most. */
  readonly unit?: number;
  readonly accept?: readonly string[];
}

export interface Key extends Answer {
  readonly mistakes: readonly (readonly [Answer, string])[];
  readonly says: Readonly<Record<"right" | "wrong" | "no_number" | "coarse" | "nothing", string>>;
}

/** A number as it was typed, and what its last digit stands for. */
export interface Typed {
  readonly value: number;
  readonly unit: number;
}

const form = /^[<>≈~]?\s*([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?\s*(%?)$/;
const slack = 1e-6;

/** The number that a text is, such as ".123", "−0,12", "12 %" or ">.999"; else null. */
export function readNumber(text: string): Typed | null {
  let plain = text.normalize("NFKC").trim().toLowerCase().replaceAll("−", "-");
  if (plain.split(",").length === 2 && !plain.includes(".")) plain = plain.replace(",", ".");
  const found = form.exec(plain);
  if (!found) return null;
  const [, sign = "", whole = "", part = "", exponent = "0", percent] = found;
  const digits = whole + part;
  if (digits === "" || digits.length > 30 || exponent.length > 3) return null;
  const power = Number(exponent) - part.length - (percent ? 2 : 0);
  return { value: Number(`${sign}${digits}e${power}`), unit: Number(`1e${power}`) };
}

/** True if `key`, rounded or cut off where `typed` ends, is what was typed. */
export function agrees({ value, unit }: Typed, key: number): boolean {
  const gap = Math.abs(value - key);
  const cut = Math.abs(value) <= Math.abs(key) && value * key >= 0 && gap < unit * (1 - slack);
  return gap <= unit * (0.5 + slack) || cut;
}

const around = /^[\s.,;:!?。、「」"'“”‘’()]+|[\s.,;:!?。、「」"'“”‘’()]+$/g;

/** A text as texts are compared: without case, space and punctuation around it, in one form of Unicode. */
export function plain(text: string): string {
  const folded = text.normalize("NFKC").toLowerCase().trim().split(/\s+/).join(" ");
  return folded.replace(around, "") || folded;
}

function fits({ number, accept }: Answer, given: readonly string[]): boolean {
  if (number === undefined) return given.some((one) => accept?.includes(plain(one)));
  return given.some((one) => {
    const typed = readNumber(one);
    return typed !== null && agrees(typed, number);
  });
}

export function mark(key: Key, given: readonly string[]): Verdict {
  const { says } = key;
  const [first = ""] = given;
  if (given.every((one) => one.trim() === "")) return { right: null, says: says.nothing };
  const typed = key.number === undefined ? null : readNumber(first);
  if (key.number !== undefined && !typed)
    return { right: null, says: says.no_number.replace("{given}", () => first.slice(0, 40)) };
  const precise = ({ unit = Number.POSITIVE_INFINITY }: Answer) => !typed || typed.unit <= unit * (1 + slack);
  if (fits(key, given))
    return precise(key) ? { right: true, says: says.right } : { right: null, says: says.coarse };
  const mistake = key.mistakes.find(([wrong]) => fits(wrong, given) && precise(wrong));
  return { right: false, says: mistake?.[1] ?? says.wrong };
}
