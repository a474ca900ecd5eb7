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

/** ".181", or with a sign "+.181" and "−.034"; "–" for no number. `high` is the greatest magnitude shown beside it. */
export function numeral(v: number, signed = false, high = 1): string {
  if (Number.isNaN(v)) return "–";
  const sign = v < 0 ? "−" : signed && v > 0 ? "+" : "";
  return sign + body(Math.abs(v), high);
}

/** For a screen reader: "0.181", "minus 0.034", "no number". */
export function spoken(v: number, high = 1): string {
  if (Number.isNaN(v)) return "no number";
  const text = body(Math.abs(v), high).replace(/^\./, "0.").replace("e−", "e-");
  return v < 0 ? `minus ${text}` : text;
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
