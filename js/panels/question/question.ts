/** A question over the explanation: it is answered by acting in the widget or by a value, and says at once whether that is right. */
import { computed, type ReadonlySignal, signal } from "@preact/signals-core";
import type { Context } from "../../context";
import { type Child, h, uniqueId } from "../../dom";
import type { Asked, Question } from "./asked";
import { picked } from "./picked";
import styles from "./question.css";

export interface QuestionContext extends Context {
  readonly asked: Asked;
  /** Why nothing can be answered now, or null. */
  readonly trouble: ReadonlySignal<string | null> | undefined;
}

export const question = { styles, mount };

const signs = { true: "✓", false: "✗", null: "…" } as const;

function mount(host: HTMLElement, ctx: QuestionContext): void {
  const { asked, effect } = ctx;
  const shown = signal(asked.get("question") as Question);
  const follow = () => {
    shown.value = asked.get("question") as Question;
  };
  asked.on("change:question", follow);
  ctx.signal.addEventListener("abort", () => asked.off("change:question", follow));

  const first = shown.peek();
  const { labels, lang } = first;
  let sent = 0;
  const reply = (given: readonly string[] | null, hints = shown.peek().taken) => {
    // A new value each time: a trait that stays the same is not sent.
    asked.set("reply", { n: Date.now() + sent++ / 1000, hints, ...(given ? { given } : {}) });
    asked.save_changes();
  };

  const title = uniqueId("question");
  const field = fieldOf(ctx, first, title, () => check());
  const check = () => {
    if (!button.disabled) reply(field.given());
  };
  const button = h("button", { type: "button", class: "check", onclick: () => check() }, labels.check);
  const taken = signal(first.taken);
  const more = h("button", { type: "button", class: "act", onclick: () => takeHint() });
  const takeHint = () => {
    taken.value++;
    ctx.announce(first.hints[taken.peek() - 1] ?? "");
    reply(null, taken.peek());
  };
  const hints = h("ol", { class: "hints", dir: "auto" });
  const verdict = h("p", { class: "verdict", role: "status", dir: "auto" });
  const card = h(
    "section",
    { class: "aw-question", lang, "aria-labelledby": title },
    h("p", { class: "asked", id: title, dir: "auto" }, first.text),
    h("div", { class: "answer" }, ...field.elements, button, more),
    hints,
    verdict,
  );
  host.append(card);
  ctx.signal.addEventListener("abort", () => card.remove());

  effect(() => {
    taken.value = Math.max(taken.peek(), shown.value.taken);
  });
  effect(() => {
    const count = Math.min(taken.value, first.hints.length);
    more.hidden = count === first.hints.length;
    more.textContent = `${labels.hint} ${count + 1}/${first.hints.length}`;
    hints.hidden = count === 0;
    hints.replaceChildren(...first.hints.slice(0, count).map((text) => h("li", {}, text)));
  });
  effect(() => {
    const gone = (ctx.trouble?.value ?? null) !== null;
    button.disabled = gone;
    const { verdict: now } = shown.value;
    const says = gone && !now ? { right: null, says: labels.gone ?? "" } : now;
    const kept = says ? String(says.right) : "";
    verdict.className = `verdict is-${kept}`;
    const mark = h("b", { "aria-hidden": "true" }, says ? signs[kept as keyof typeof signs] : "");
    verdict.replaceChildren(...(says ? [mark, says.says] : []));
  });
}

/** What an answer is given by. */
interface Field {
  readonly elements: readonly Child[];
  /** Texts that stand for the answer; none without one. */
  given(): readonly string[];
}

function fieldOf(ctx: QuestionContext, asked: Question, title: string, check: () => void): Field {
  const { kind, labels, choices, given } = asked;
  if (kind === "number" || kind === "text") {
    const input = h("input", {
      type: "text",
      "aria-labelledby": title,
      placeholder: labels[kind] ?? "",
      autocomplete: "off",
      spellcheck: "false",
      size: kind === "number" ? 10 : 24,
      maxlength: 200,
      ...(kind === "number" ? { inputmode: "decimal" } : {}),
      onkeydown: (event: KeyboardEvent) => {
        if (event.key !== "Enter" || event.isComposing) return;
        event.preventDefault();
        event.stopPropagation();
        check();
      },
    });
    input.value = given[0] ?? "";
    return { elements: [input], given: () => [input.value] };
  }
  if (kind === "choice") {
    const name = uniqueId("choice");
    const inputs = choices.map((value) => h("input", { type: "radio", name, value }));
    for (const input of inputs) input.checked = input.value === given[0];
    const rows = inputs.map((input) => h("label", {}, input, h("span", { dir: "auto" }, input.value)));
    const group = h("div", { class: "choices", role: "radiogroup", "aria-labelledby": title }, ...rows);
    return { elements: [group], given: () => inputs.filter((one) => one.checked).map((one) => one.value) };
  }
  const pick = computed(() => picked(ctx.state, kind));
  const name = h("b", { dir: "auto" });
  const how = h("span", { class: "how" });
  ctx.effect(() => {
    const now = pick.value;
    name.textContent = now.name;
    how.textContent = now.given.length > 0 ? "" : (labels[kind] ?? "");
  });
  const line = h("p", { class: "picked" }, `${labels.yours}: `, name, how);
  return { elements: [line], given: () => pick.peek().given };
}
