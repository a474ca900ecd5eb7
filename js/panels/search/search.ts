/** Search in the text: how often the words occur, how many of these places carry something, and the next one. */
import { computed } from "@preact/signals-core";
import type { Context } from "../../context";
import { afterNextFrame, h, icon } from "../../dom";
import { tokensOf } from "../../scores/spans";
import { hitsOf, hitsText } from "./hits";
import styles from "./search.css";

export const search = { styles, mount };

const lens = "M7 2a5 5 0 1 1 0 10a5 5 0 0 1 0-10zM10.7 10.7l3.6 3.6";

export interface Search {
  /** Put the cursor into the field. */
  focus(): void;
  /** Go to the next hit, or to the one before. */
  next(step: 1 | -1): void;
  /** Forget the words; false if there are none. */
  clear(): boolean;
}

function mount(host: HTMLElement, ctx: Context): Search {
  const { state, scores, effect, announce } = ctx;
  const words = computed(() => state.options.value.search);
  const hits = computed(() => hitsOf(state.sent.value, words.value));
  const write = (text: string) => {
    if (text === words.peek()) return;
    state.hit.value = -1;
    state.options.value = { ...state.options.peek(), search: text };
  };
  const next = (step: 1 | -1) => {
    const { length } = hits.peek();
    if (length === 0) return;
    const now = state.hit.peek();
    const to = now < 0 && step < 0 ? length - 1 : (now + step + length) % length;
    const hit = hits.peek()[to];
    state.hit.value = to;
    if (hit) state.sought.value = [hit.start];
    announce(`Hit ${to + 1} of ${length}.`);
  };
  const input = h("input", {
    type: "text",
    placeholder: "Search",
    "aria-label": "Search in the text",
    autocomplete: "off",
    spellcheck: "false",
    size: 14,
    maxlength: 200,
    oninput: () => write(input.value),
    onkeydown: (event: KeyboardEvent) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      next(event.shiftKey ? -1 : 1);
    },
  });
  const says = h("span", { role: "status" });
  const button = h(
    "button",
    { type: "button", title: "The next hit (N; Shift and N: the one before)", onclick: () => next(1) },
    h("kbd", {}, "N"),
    " next",
  );
  host.append(h("div", { class: "search" }, h("label", {}, icon(lens), input), says, button));
  const count = afterNextFrame(() => {
    const tokens = tokensOf(scores.shown.peek(), state.content.peek());
    const now = state.hit.peek();
    const place = now >= 0 && hits.peek().length > 0 ? `${now + 1} of ` : "";
    says.textContent = words.peek().trim() ? place + hitsText(hits.peek(), tokens) : "";
    button.hidden = hits.peek().length === 0;
  }, ctx.signal);
  effect(() => {
    if (input.value.trim() !== words.value.trim()) input.value = words.value;
    void [hits.value, state.hit.value, words.value && scores.shown.value];
    count();
  });
  button.hidden = true;
  return {
    focus: () => input.select(),
    next,
    clear() {
      if (words.peek() === "") return false;
      write("");
      return true;
    },
  };
}
