/** Print numbers: short, and with a true minus sign. */

/** How many decimals give the greatest number shown three figures. */
const decimals = (high: number): number => (high >= 0.1 || high === 0 ? 3 : high >= 0.01 ? 4 : 5);

function body(a: number, high: number): string {
  if (a === 0) return "0";
  if (a >= 1000 || (high < 0.001 && a < 0.001))
    return a.toExponential(1).replace("e+", "e").replace("e-", "e−");
  const text = a.toFixed(a >= 100 ? 0 : a >= 10 ? 1 : a >= 1.0005 ? 2 : decimals(high));
  return text.replace(/^0\./, ".");
}

/** True if the digits that are printed are all 0, though the number is not. */
const tooSmall = (text: string): boolean => /^\.0+$/.test(text);

/**
 * ".181", or with a sign "+.181" and "−.034"; "<.001" for what is smaller than its digits, "≈0" where that has a sign;
 * "–" for no number. `high` is the greatest magnitude shown beside it.
 */
export function numeral(v: number, signed = false, high = 1): string {
  if (Number.isNaN(v)) return "–";
  const text = body(Math.abs(v), high);
  if (tooSmall(text)) return signed || v < 0 ? "≈0" : `<${text.slice(0, -1)}1`;
  return (v < 0 ? "−" : signed && v > 0 ? "+" : "") + text;
}

/** A probability: never 0 and never 1, which no softmax gives; "<.001" and ">.999". */
export function chance(p: number): string {
  if (Number.isNaN(p)) return "–";
  return p < 0.0005 ? "<.001" : p >= 0.9995 ? ">.999" : numeral(p);
}

/** For a screen reader: "0.181", "minus 0.034", "about 0", "no number". */
export function spoken(v: number, high = 1): string {
  if (Number.isNaN(v)) return "no number";
  const plain = body(Math.abs(v), high);
  if (tooSmall(plain)) return "about 0";
  const text = plain.replace(/^\./, "0.").replace("e−", "e-");
  return v < 0 ? `minus ${text}` : text;
}

/** A probability for a screen reader: "less than 0.001", "more than 0.999". */
export function spokenChance(p: number): string {
  return chance(p)
    .replace("<.", "less than 0.")
    .replace(">.", "more than 0.")
    .replace(/^\./, "0.")
    .replace("–", "no number");
}

/** With more digits: four decimals of a share, four figures of other numbers. */
export function exact(v: number, signed = false): string {
  if (Number.isNaN(v)) return "–";
  const a = Math.abs(v);
  const text =
    signed && a > 0 ? (a < 1e-3 || a >= 1e5 ? a.toExponential(3) : a.toPrecision(4)) : a.toFixed(4);
  return (
    (v < 0 ? "−" : signed && v > 0 ? "+" : "") +
    text.replace(/^0\./, ".").replace("e-", "e−").replace("e+", "e")
  );
}
