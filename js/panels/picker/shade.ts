/** How strongly each head is painted: from the even share of all heads up to the greatest. */
import type { HeadShares } from "../../session/heads";

export interface Shade {
  /** The even share, where the scale begins, and the greatest, where it ends. */
  readonly even: number;
  readonly most: number;
  /** No head gives twice the even share: all are painted the same. */
  readonly alike: boolean;
  /** From 0 to 1, `[layers, heads]`. */
  readonly values: Float32Array;
}

const twice = 2;
const same = 0.3;

export function shadeOf({ shares }: Pick<HeadShares, "shares">): Shade {
  const even = 1 / Math.max(1, shares.length);
  const most = shares.reduce((high, v) => Math.max(high, v), 0);
  const alike = shares.length > 1 && most > 0 && most < twice * even;
  const above = (v: number) => (most > even ? Math.max(0, (v - even) / (most - even)) : v > 0 ? 1 : 0);
  return { even, most, alike, values: shares.map((v) => (alike ? same : above(v))) };
}
