/** Query and key of the pair pointed at, in the one head that is chosen: what its attention is made of. */
import { computed, signal } from "@preact/signals-core";
import type { Context } from "../../context";
import { h, writeText } from "../../dom";
import { numeral } from "../../draw/numerals";
import { diverging, type Ramp } from "../../draw/ramp";
import type { Asked } from "../../session/answers";
import { quantize } from "../../session/quantize";
import { headName } from "../../state/heads";
import { named } from "../../state/names";
import { pointedInput, targetSteps } from "../../state/selectors";
import { unitsOf } from "../../state/units";
import { withTerms } from "../terms";
import styles from "./query-key.css";

export const queryKey = { styles, mount };

/** Milliseconds for which a pair must be pointed at before it is read: hover goes first. */
const rest = 120;

/** A head, a step and an input. */
interface Pair {
  readonly head: readonly [layer: number, head: number];
  readonly step: number;
  readonly input: number;
  /** A part of the attention whose rows are tokens, which `step` then is. */
  readonly part?: string;
}

/** The query of a step and the key of an input in one head. */
interface QueryKey {
  readonly query: Float32Array;
  readonly key: Float32Array;
  /** What the sum of their products is multiplied with. */
  readonly scale: number;
  /** The attention weight that comes out. */
  readonly weight: number;
}

function mount(host: HTMLElement, ctx: Context): void {
  const { state, session, effect, after, run } = ctx;
  const size = h("p", { class: "size" });
  const [query, key, product] = [stripe("query"), stripe("key"), stripe("product")];
  const list = h("dl", {}, ...query.elements, ...key.elements, ...product.elements);
  const sum = h("p");
  const title = h("p", { class: "title" }, "Query and key");
  const section = { class: "aw-list aw-query", "aria-label": "Query and key" };
  const root = h("section", section, title, size, list, sum);
  host.append(root);
  const found = signal<{ readonly pair: Pair; readonly read: QueryKey } | null>(null);
  /** The input pointed at last stays. */
  const input = signal<number | null>(null);
  effect(() => {
    input.value = pointedInput(state) ?? input.peek();
  });

  const pair = computed((): Pair | null => {
    if (state.pair.value) return state.pair.value;
    const [head, ...more] = state.heads.value;
    const step = targetSteps(state)[0];
    const last = input.value;
    const { steps, inputs } = state.content.value;
    if (!head || more.length > 0 || step === undefined || last === null) return null;
    return last < Math.min(steps.first + step, inputs) ? { head, step, input: last } : null;
  });
  effect(() => {
    root.hidden = (state.heads.value.length !== 1 && !state.pair.value) || !state.content.value.query_keys;
  });
  effect(() => {
    const now = pair.value;
    if (!now || !state.content.value.query_keys) {
      found.value = null;
      return;
    }
    const {
      head: [layer, head],
      part,
      ...at
    } = now;
    return after(rest, async () => {
      const read = await run(
        (options) => session.ask("query_key", { ...at, layer, head, ...(part && { part }) }, options),
        "query and key",
      );
      if (read && pair.peek() === now) found.value = { pair: now, read: readQueryKey(read) };
    });
  });
  effect(() => {
    const shown = found.value;
    list.hidden = !shown;
    if (!shown) {
      writeText(size, ["Point at a word of the text to see why the head read it, or did not."]);
      writeText(sum, []);
      return;
    }
    const { pair, read } = shown;
    const units = unitsOf(state.content.peek());
    const parts = state.content.peek().parts ?? [];
    const tokens = parts.some(({ name, of_steps }) => name === pair.part && !of_steps);
    const reader = tokens ? units.of(pair.step) : (units.ofSteps([pair.step])[0] ?? 0);
    const [from, to] = [units.of(pair.input), reader].map((u) => named(units.text(u)));
    writeText(size, [`${headName(pair.head)}: `, { strong: `${from} → ${to}` }]);
    const ramp = diverging(ctx.theme.value);
    const most = greatest([...read.query, ...read.key]);
    const products = read.query.map((q, k) => q * (read.key[k] as number));
    query.paint(read.query, most, ramp);
    key.paint(read.key, most, ramp);
    product.paint(products, greatest([...products]), ramp);
    const score = read.scale * products.reduce((all, one) => all + one, 0);
    writeText(
      sum,
      withTerms([
        `The products add up to ${numeral(score, true, Math.abs(score))} (scaled); softmax over all words makes attention of it: `,
        { strong: numeral(read.weight) },
        ".",
      ]),
    );
  });
  ctx.signal.addEventListener("abort", () => root.remove());
}

/** Read an answer: the numbers of the query, then those of the key. */
function readQueryKey({ meta, numbers }: Asked): QueryKey {
  const size = numbers.length / 2;
  const { scale, weight } = meta as Record<"scale" | "weight", number>;
  return { query: numbers.subarray(0, size), key: numbers.subarray(size), scale, weight };
}

const greatest = (values: readonly number[]): number => Math.max(1e-12, ...values.map(Math.abs));

/** A row of numbers as colours: blue below zero, orange above. */
function stripe(name: string) {
  const canvas = h("canvas", { role: "img", "aria-label": name });
  return {
    elements: [h("dt", {}, name), h("dd", {}, canvas)],
    paint(values: Float32Array, most: number, { table }: Ramp): void {
      [canvas.width, canvas.height] = [values.length, 1];
      const paper = canvas.getContext("2d");
      if (!paper) return;
      const image = paper.createImageData(values.length, 1);
      const colors = new Uint32Array(image.data.buffer);
      values.forEach((v, k) => {
        colors[k] = table[quantize(v, most, true)] as number;
      });
      paper.putImageData(image, 0, 0);
      canvas.title = `${name}: ${values.length} numbers, the largest ±${numeral(most, false, most)}; orange above zero, blue below.`;
    },
  };
}
