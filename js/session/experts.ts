/** The experts that tokens went to, and what an exported page has of them. */
import type { Asked } from "./answers";
import type { Numbers } from "./unpack";

/** The layers that have experts, by name, and how many each has at most. */
export interface ExpertsInfo {
  readonly layers: readonly string[];
  readonly count: number;
}

/** The weights of all experts, uint16 `[layers, inputs, experts]`. */
export interface RecordedExperts {
  readonly largest: number;
  readonly data: Numbers;
}

const most = 65_534;
/** What stands for the weight of a token that a layer does not read. */
const notRead = 65_535;

/** The answer to `op`, as Python gives it. */
export function expertsOf(
  { largest, data }: RecordedExperts,
  { layers, count }: ExpertsInfo,
  inputs: number,
  op: string,
  asked: { readonly inputs?: readonly number[]; readonly layer?: number; readonly expert?: number },
): Asked {
  const all = new Uint16Array(data.buffer);
  const weight = (layer: number, input: number, expert: number) => {
    const q = all[(layer * inputs + input) * count + expert] as number;
    return q === notRead ? Number.NaN : (largest * q) / most;
  };
  if (op === "expert_inputs") {
    const { layer = 0, expert = 0 } = asked;
    return { meta: {}, numbers: Float32Array.from({ length: inputs }, (_, i) => weight(layer, i, expert)) };
  }
  const numbers = Float32Array.from({ length: layers.length * count }, (_, k) => {
    const read = (asked.inputs ?? [])
      .map((i) => weight(Math.floor(k / count), i, k % count))
      .filter((w) => !Number.isNaN(w));
    return read.reduce((sum, w) => sum + w, 0) / read.length;
  });
  return { meta: {}, numbers };
}
