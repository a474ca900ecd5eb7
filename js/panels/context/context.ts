/** What a context changed in the answer: it is left out on request, and the words that changed are marked on the text. */
import { computed, signal } from "@preact/signals-core";
import type { Context } from "../../context";
import { h, writeText } from "../../dom";
import { chance } from "../../draw/numerals";
import type { Changed, FoundContext } from "../../session/contexts";
import { marksOf, noMarks } from "../../state/marks";
import { named, quoted } from "../../state/names";
import { toggleHeld } from "../../state/selection";
import { restingSteps } from "../../state/selectors";
import { unitsOf } from "../../state/units";
import styles from "./context.css";
import { changedText, cuesText, foundText } from "./texts";

export const context = { styles, mount };

/** Words of the context that are marked. */
const shown = 3;

function mount(host: HTMLElement, ctx: Context): void {
  const { state, session, effect, run, announce } = ctx;
  const which = signal(0);
  const made = signal<ReadonlyMap<number, FoundContext>>(new Map());
  const busy = signal(false);
  const contexts = computed(() => state.content.value.contexts ?? []);
  const found = computed(() => made.value.get(which.value) ?? contexts.value[which.value]?.found ?? null);
  /** The changed word that is held or pointed at. */
  const open = computed(() => {
    const steps = restingSteps(state);
    return found.value?.changed.find(({ step }) => steps.includes(step)) ?? null;
  });

  const chosen = h("select", { "aria-label": "The context" });
  chosen.addEventListener("change", () => {
    which.value = Number(chosen.value);
  });
  const ask = h("button", { type: "button", onclick: () => void compare() });
  const says = h("p", { role: "status" });
  const list = h("ul", { "aria-label": "Words that the context changed" });
  const cues = h("p", { class: "cues", "aria-live": "polite" });
  const title = h("p", { class: "title" }, "What did the context change?");
  const section = { class: "aw-list aw-context", "aria-label": "Context" };
  host.append(h("section", section, title, chosen, ask, says, list, cues));

  async function compare(): Promise<void> {
    const at = which.peek();
    busy.value = true;
    const content = state.content.peek();
    const answer = await run((options) => session.ask("context", { context: at }, options), "context");
    busy.value = false;
    if (!answer || state.content.peek() !== content) return;
    const read = answer.meta as FoundContext;
    made.value = new Map(made.peek()).set(at, read);
    announce(foundText(read, contexts.peek()[at]?.title ?? "context"));
  }

  let sent = state.sent.peek();
  effect(() => {
    if (state.sent.value === sent) return;
    sent = state.sent.value;
    which.value = 0;
    made.value = new Map();
  });
  effect(() => {
    const all = contexts.value;
    chosen.replaceChildren(...all.map(({ title }, k) => h("option", { value: String(k) }, title)));
    chosen.value = String(which.value);
    chosen.hidden = all.length < 2;
    const title = all[which.value]?.title ?? "context";
    ask.textContent = busy.value ? "Comparing …" : `Leave out the ${title} and compare`;
    ask.title = "Run the model without it, the answer as it is, and compare its predictions.";
    ask.disabled = busy.value;
    ask.hidden = found.value !== null;
    says.hidden = list.hidden = found.value === null;
    if (!found.value) return;
    writeText(says, [foundText(found.value, title)]);
    list.replaceChildren(...found.value.changed.map(row));
  });
  effect(() => {
    const now = open.value;
    cues.hidden = now === null;
    if (now) writeText(cues, cuesText(now, nameAt));
    for (const [k, item] of [...list.children].entries()) {
      const pressed = found.value?.changed[k] === now && now !== null;
      item.firstElementChild?.setAttribute("aria-pressed", String(pressed));
    }
    marksOf(state).value = {
      changed: found.value?.changed.map(({ step }) => step) ?? [],
      cues: now?.cues.slice(0, shown).map(([start, end]) => [start, end] as const) ?? [],
    };
  });
  ctx.signal.addEventListener("abort", () => {
    marksOf(state).value = noMarks;
  });

  function row(changed: Changed): HTMLElement {
    const units = unitsOf(state.content.peek());
    const name = named(units.joined(units.ofSteps([changed.step])));
    const press = () => toggleHeld(ctx, [changed.step]);
    const numbers = h("span", { class: "num" }, `${chance(changed.without)} → ${chance(changed.p)}`);
    const button = { type: "button", title: changedText(changed, quoted(name)), "aria-pressed": "false" };
    return h("li", {}, h("button", { ...button, onclick: press }, h("bdi", {}, name), numbers));
  }

  function nameAt(start: number): string {
    const units = unitsOf(state.content.peek());
    const cue = open.peek()?.cues.find(([first]) => first === start);
    const [from, to] = [units.of(start), units.of((cue?.[1] ?? start + 1) - 1)];
    return named(units.joined(Array.from({ length: to - from + 1 }, (_, k) => from + k)));
  }
}
