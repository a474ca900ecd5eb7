/** Checks: inputs masked beside as many others, made by a kernel or before a page was exported. */
import { type Answers, numbersOf } from "./answers";
import type { Content } from "./content";
import type { Reply, RequestOptions } from "./requests";

/** The probability of a step, or of those of a word together, without some inputs, and without as many others drawn at random. */
export interface Check {
  /** The positions masked: special tokens and the first token never are. */
  readonly inputs: readonly number[];
  readonly probability: number;
  readonly without: number;
  /** One for each draw, ascending. */
  readonly others: readonly number[];
  /** The positions masked in the draw with the lowest probability. */
  readonly lowest?: readonly number[];
}

export interface Checks {
  /** Mask `inputs` of a step, then as many others. */
  check(steps: readonly number[], inputs: readonly number[], options?: RequestOptions): Promise<Check>;
  /** That check if it was made already. */
  checked(steps: readonly number[], inputs: readonly number[]): Check | null;
}

/** A check made before the export; `numbers` are p, p without the inputs, and p without others. */
export interface RecordedCheck {
  readonly steps: readonly number[];
  readonly inputs: readonly number[];
  readonly lowest: readonly number[];
  readonly numbers: readonly number[];
}

const checkOf = (
  inputs: readonly number[],
  lowest: readonly number[],
  [probability = Number.NaN, without = Number.NaN, ...others]: Iterable<number>,
): Check => ({ inputs, probability, without, others, lowest });

export function kernelChecks(answers: Answers): Checks {
  const checks = answers.emptied(new Map<string, Check>());
  const keyOf = (steps: readonly number[], inputs: readonly number[]) => `${steps} ${inputs}`;
  return {
    async check(steps, inputs, options) {
      const key = keyOf(steps, inputs);
      const keep = (reply: Reply) => {
        const { inputs, lowest } = reply.meta as unknown as Required<Check>;
        checks.set(key, checkOf(inputs, lowest, numbersOf(reply)));
      };
      const reply = await answers.requests.ask("check", { steps, inputs }, keep, options);
      if (!checks.has(key)) keep(reply);
      return checks.get(key) as Check;
    },
    checked: (steps, inputs) => checks.get(keyOf(steps, inputs)) ?? null,
  };
}

/** The check of these inputs that a page carries; special tokens and the first token are never masked. */
export function recordedCheck(
  { checks, content }: { readonly checks?: readonly RecordedCheck[]; readonly content: Content },
  steps: readonly number[],
  inputs: readonly number[],
): Check | null {
  const movable = new Set(inputs.filter((i) => i > 0 && !content.tokens.special.includes(i)));
  const found = checks?.find(
    (check) =>
      `${check.steps}` === `${steps}` &&
      check.inputs.length === movable.size &&
      check.inputs.every((i) => movable.has(i)),
  );
  return found ? checkOf(found.inputs, found.lowest, found.numbers) : null;
}
