/** Similar contexts: words of a corpus that the model treats like the word held. Searched only while it is open. */
import { computed, signal } from "@preact/signals-core";
import type { Context } from "../../context";
import { h, writeText } from "../../dom";
import { named } from "../../state/names";
import { restingSteps } from "../../state/selectors";
import { unitsOf } from "../../state/units";
import { barsOf, found } from "./found";
import { type Asked, asked } from "./query";
import { readSimilar, type Similar } from "./read";
import styles from "./similar.css";

export const similar = { styles, mount };

/** Matches asked for. */
const count = 20;
/** Milliseconds for which a word must be held before it is searched for. */
const rest = 250;

function mount(host: HTMLElement, ctx: Context): void {
  const { state, session, effect, after, run, announce } = ctx;
  const opened = signal(false);
  const layer = signal<number | null>(null);
  const label = signal("word");
  const answer = signal<{ readonly asked: Asked; readonly read: Similar } | null>(null);
  const trouble = signal("");

  const toggle = () => {
    opened.value = !opened.peek();
  };
  const open = h("button", { type: "button", class: "open", onclick: toggle });
  const layers = h("select", { "aria-label": "Layer to search by" });
  layers.addEventListener("change", () => {
    layer.value = Number(layers.value);
  });
  const labels = h("select", { "aria-label": "What the summaries count" });
  labels.addEventListener("change", () => {
    label.value = labels.value;
  });
  const by = h("p", { class: "by" });
  const says = h("p", { class: "says", role: "status" });
  const counted = h("label", { class: "by" }, "Summaries by ", labels);
  const bars = h("div", { class: "bars" });
  const list = h("ol", { class: "found", "aria-label": "Matches", tabindex: 0 });
  const body = h("div", {}, by, says, counted, bars, list);
  const root = h("section", { class: "aw-similar", "aria-label": "Similar contexts" }, open, body);
  host.append(root);

  /** The step or the input that is searched for. */
  const word = computed(() => {
    const input = state.selected.value.at(-1);
    if (input !== undefined) return { step: null, token: input };
    const { suggested } = state.content.value.steps;
    const step = restingSteps(state).at(-1) ?? suggested?.at(-1);
    return step === undefined ? null : { step, token: null };
  });
  const query = computed((): Asked | null => {
    const { corpus } = state.content.value;
    if (!corpus || !word.value) return null;
    return asked(corpus, word.value, layer.value, state.layer.value, state.heads.value);
  });

  effect(() => {
    const { corpus } = state.content.value;
    root.hidden = !corpus;
    if (!corpus) return;
    open.textContent = `Similar contexts in ${corpus.texts.toLocaleString("en")} texts`;
    layers.replaceChildren(...corpus.layers.map((at) => choice(String(at), `layer ${at + 1}`)));
    labels.replaceChildren(...["word", ...corpus.annotations].map((name) => choice(name)));
    label.value = corpus.annotations[0] ?? "word";
    labels.value = label.peek();
  });
  effect(() => {
    body.hidden = !opened.value;
    open.setAttribute("aria-expanded", String(opened.value));
  });
  effect(() => {
    const now = query.value;
    if (!now || !opened.value) return;
    return after(rest, async () => {
      trouble.value = "";
      const read = await run(
        (options) =>
          session.ask("similar", { ...now.args, k: count }, options).catch((error: Error) => {
            if (error.name === "AbortError") throw error;
            trouble.value = error.message;
            return null;
          }),
        "similar",
      );
      if (query.peek() !== now || read === undefined) return;
      answer.value = read && { asked: now, read: readSimilar(read) };
      if (read) announce(`${answer.value?.read.matches.length} similar contexts.`);
    });
  });
  effect(() => {
    const now = query.value;
    const units = unitsOf(state.content.value);
    layers.value = String(now?.args.layer ?? "");
    layers.disabled = Boolean(now?.fixed);
    const at = word.value;
    const name =
      at === null ? "" : units.joined(at.token === null ? units.ofSteps([at.step]) : [units.of(at.token)]);
    by.replaceChildren(
      ...(now ? [h("b", {}, named(name)), ` by ${now.name} at `, layers, ` ${now.note}`] : []),
    );
  });
  effect(() => {
    const now = query.value;
    const shown = answer.value;
    root.classList.toggle("waiting", shown !== null && shown.asked !== now);
    counted.hidden = bars.hidden = list.hidden = !shown;
    if (!shown) {
      writeText(says, [trouble.value || (now ? "Searching …" : "Hold a word to search for it.")]);
      return;
    }
    const { read } = shown;
    writeText(says, [
      "Searched at ",
      { strong: named(read.name) },
      ". Each match has its similarity, and tints for what it reads: darker is more, the most is underlined.",
    ]);
    list.replaceChildren(...read.matches.map((match) => found(match, ctx.theme.value)));
    bars.replaceChildren(...barsOf(read, label.value));
  });
  ctx.signal.addEventListener("abort", () => root.remove());
}

const choice = (value: string, text = value) => h("option", { value }, text);
