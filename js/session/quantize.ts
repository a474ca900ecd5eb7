/** Values as bytes, as `map` answers have them (docs/protocol.md). */

/** The byte for a value: 255 for NaN, else 0 to 254 from zero up, or 0 to 254 around 127 when signed. */
export function quantize(v: number, high: number, signed: boolean): number {
  if (Number.isNaN(v)) return 255;
  const share = high > 0 ? Math.min(1, Math.max(-1, v / high)) : 0;
  return signed ? 127 + Math.round(127 * share) : Math.round(254 * Math.max(0, share));
}

/** The value that a byte stands for. */
export function dequantize(q: number, high: number, signed: boolean): number {
  if (q === 255) return Number.NaN;
  return signed ? (high * (q - 127)) / 127 : (high * q) / 254;
}
