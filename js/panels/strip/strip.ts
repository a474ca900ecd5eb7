/** A line for who opens an explanation for the first time: three steps, shown on their own text on request. */
import type { Context } from "../../context";
import { h } from "../../dom";
import { quoted } from "../../state/names";
import { preview, toggleHeld } from "../../state/selection";
import { unitsOf } from "../../state/units";
import styles from "./strip.css";

export const strip = { styles, mount };

const remembered = "attrwidget-seen";
/** Milliseconds that each step of "show me" stays. */
const pace = 3000;

/** Show the line below the text, unless it was seen before; the first click anywhere in the display takes it away. */
function mount(host: HTMLElement, ctx: Context, display: HTMLElement): void {
  const { state, signal } = ctx;
  if (wasSeen() || state.content.peek().steps.count === 0) return;
  const { steps: of, check_seconds } = state.content.peek();
  const what = of.step_noun?.[0] ?? "word of the answer";
  const steps = [
    `Point at ${/^[aeiou]/.test(what) ? "an" : "a"} ${what}: what it came from darkens.`,
    "Click keeps it.",
    `The list beside it says how much${check_seconds == null ? "." : ", and whether the model needs it."}`,
  ].map((text, k) => h("li", {}, h("b", {}, String(k + 1)), `\u00a0${text}`));
  const say = h("span", { class: "say", role: "status" });
  const show = h("button", { type: "button" }, "show me");
  const close = h("button", { type: "button", "aria-label": "Close", title: "Close" }, "×");
  const line = h(
    "div",
    { class: "strip", role: "note" },
    h("div", {}, h("b", {}, "First time?"), h("ol", {}, ...steps.flatMap((step) => [" ", step]))),
    h("span", {}, show, close),
    say,
  );
  host.append(line);
  const end = new AbortController();
  signal.addEventListener("abort", () => end.abort());
  const gone = () => {
    remember();
    line.remove();
    end.abort();
  };
  const play = (event: Event) => {
    event.stopPropagation();
    show.disabled = true;
    void tour(ctx, say, steps, end.signal).then(gone);
  };
  show.addEventListener("click", play, { signal: end.signal });
  display.addEventListener("click", gone, { signal: end.signal });
}

/** Do the three steps on the text at hand, and say what is done. */
async function tour(
  ctx: Context,
  say: HTMLElement,
  steps: readonly HTMLElement[],
  end: AbortSignal,
): Promise<void> {
  const { state } = ctx;
  const { count, suggested = [] } = state.content.peek().steps;
  const word = suggested.length > 0 ? suggested : [count - 1];
  const units = unitsOf(state.content.peek());
  const name = quoted(units.joined(units.ofSteps(word)));
  const acts: readonly (readonly [string, () => void])[] = [
    [`Pointing at ${name} …`, () => preview(state, word, null)],
    [`${name} is kept: it stays while you move.`, () => toggleHeld(ctx, word)],
    ["The list on the side has the numbers. Esc goes back a step.", () => preview(state, [], null)],
  ];
  for (const [k, [text, act]] of acts.entries()) {
    if (end.aborted) return;
    for (const step of steps) step.classList.toggle("now", step === steps[k]);
    say.textContent = text;
    act();
    await new Promise((resolve) => setTimeout(resolve, pace));
  }
}

// A page may be forbidden to store anything.
function wasSeen(): boolean {
  try {
    return localStorage.getItem(remembered) !== null;
  } catch {
    return false;
  }
}

function remember(): void {
  try {
    localStorage.setItem(remembered, "1");
  } catch {
    // Then it is shown again.
  }
}
