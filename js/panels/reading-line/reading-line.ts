/** The line over a long text: search, what is read together, and the folds. */
import { computed, signal } from "@preact/signals-core";
import type { Context } from "../../context";
import { afterNextFrame, h } from "../../dom";
import { sentencesOf } from "../../scores/sentences";
import { keptOf, most, tokensOf } from "../../scores/spans";
import type { Grouping, UnitRule } from "../../session/units";
import { hasMessages, isLong } from "../../state/groups";
import type { Options } from "../../state/state";
import { type Search, search } from "../search/search";
import { segmented } from "../toolbar/controls";
import { unitChoices, unitRuleChoices } from "../toolbar/options";
import styles from "./reading-line.css";

export const readingLine = { styles: styles + search.styles, mount };

function mount(host: HTMLElement, ctx: Context): Search {
  const { state, scores, effect } = ctx;
  const wanted = signal(false);
  const set = (change: Partial<Options>) => {
    state.options.value = { ...state.options.peek(), ...change };
  };
  const line = h("div", { class: "reading", hidden: true });
  host.append(line);
  const found = search.mount(line, ctx);
  const units = segmented("Read together", (value) => set({ units: value as Grouping }));
  const rule = segmented("Tokens become one by their", (value) => set({ unit_rule: value as UnitRule }));
  const bias = h("span", { class: "bias" });
  const facts = h("span");
  const fold = h("button", {
    type: "button",
    class: "chip",
    onclick: () => set({ fold: !state.options.peek().fold }),
  });
  line.append(units.element, rule.element, bias, h("span", { class: "facts" }, facts, fold));
  const running = computed(() => ["text", "flow"].includes(state.view.value));
  effect(() => {
    const { search: words } = state.options.value;
    line.hidden = !running.value || !(isLong(state.sent.value) || wanted.value || words !== "");
  });
  effect(() => {
    const { units: by, unit_rule } = state.options.value;
    units.show(unitChoices.slice(0, hasMessages(state.sent.value) ? 4 : 3), by);
    rule.element.hidden = by === "token";
    rule.show(unitRuleChoices, unit_rule);
    bias.textContent = by === "token" ? "" : biasText(by, unit_rule);
  });
  const count = afterNextFrame(() => {
    const content = state.content.peek();
    const spans = sentencesOf(content);
    const tokens = tokensOf(scores.held.peek(), content);
    const size = `${content.tokens.count.toLocaleString("en")} tokens`;
    fold.hidden = spans.length < 4 || !isLong(content);
    const on = state.options.peek().fold;
    facts.textContent = size;
    if (!tokens || fold.hidden) return;
    const kept = keptOf(tokens, spans).length;
    facts.textContent = `${size} · ${kept} of ${spans.length} sentences hold ${100 * most} %`;
    fold.textContent = on ? "show the rest" : "fold the rest";
    fold.setAttribute("aria-pressed", String(on));
  }, ctx.signal);
  effect(() => {
    void [scores.held.value, state.content.value, state.options.value.fold];
    count();
  });
  return {
    ...found,
    focus() {
      if (!running.peek()) return;
      wanted.value = true;
      found.focus();
    },
    clear() {
      const closed = wanted.peek();
      wanted.value = false;
      return found.clear() || closed;
    },
  };
}

/** How the tokens of a word, a sentence or a message become one, and what its length does to that. */
export function biasText(by: Exclude<Grouping, "token">, rule: UnitRule): string {
  if (rule === "sum") return `a long ${by} gets more: it has more tokens`;
  if (rule === "mean") return `its length does not count, and one strong token in a long ${by} pales`;
  return "its strongest token, whatever the others gave";
}
