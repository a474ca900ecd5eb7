/** What might have been written instead of a step, each to be asked about: why this and not that? */

import { h } from "../../dom";
import { numeral } from "../../draw/numerals";
import type { Alternative } from "../../session/session";
import { contrast } from "../../state/selection";
import { foilOf, targetSteps, type ViewContext } from "../../state/selectors";
import { named } from "../../state/units";

const chipsShown = 5;
const modelless = "To ask why not this takes the model, which is not at hand here.";

const chance = (p: number): string => (p > 0 && p < 0.0005 ? "<.001" : numeral(p));

interface Chip {
  readonly item: HTMLElement;
  show(other: Alternative | undefined, pressed: boolean, able: boolean): void;
}

/** Chips are kept and written anew: they change with every move of the pointer. */
function chip(choose: (other: Alternative, pressed: boolean) => void): Chip {
  let shown: Alternative | undefined;
  let [pressed, able] = [false, true];
  const text = h("bdi");
  const number = h("span", { class: "num" });
  const button = h(
    "button",
    {
      type: "button",
      class: "chip",
      "aria-pressed": "false",
      onclick: () => shown && able && choose(shown, pressed),
    },
    text,
    number,
  );
  const item = h("li", { hidden: true }, button);
  return {
    item,
    show(other, isPressed, isAble) {
      if (other !== shown) {
        shown = other;
        item.hidden = !other;
        text.textContent = other ? named(other[0]) : "";
        number.textContent = other && !Number.isNaN(other[1]) ? chance(other[1]) : "";
      }
      if (isPressed !== pressed) {
        pressed = isPressed;
        button.setAttribute("aria-pressed", String(pressed));
      }
      if (isAble !== able) {
        able = isAble;
        button.setAttribute("aria-disabled", String(!able));
        button.title = able ? "" : modelless;
      }
    },
  };
}

export function mountAlternatives(ctx: ViewContext): HTMLElement {
  const { state } = ctx;
  let step: number | undefined;
  const chips = Array.from({ length: chipsShown + 1 }, () =>
    chip(([text, , id], pressed) => {
      if (step === undefined || id === null) return;
      write("");
      contrast(ctx, pressed ? null : { step, id, text });
    }),
  );
  const title = h("span");
  const said = h("span", { class: "said", role: "status" });
  const input = h("input", {
    type: "text",
    placeholder: "or another word…",
    "aria-label": "Another word that might have been written instead",
    size: 15,
    maxlength: 200,
    autocomplete: "off",
    // Not a form: JupyterLab keeps Enter from submitting one.
    onkeydown: (event: KeyboardEvent) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      event.stopPropagation();
      void ask(input.value);
    },
  });
  const list = h(
    "ul",
    { "aria-label": "What might have been written instead" },
    ...chips.map(({ item }) => item),
  );
  const row = h("div", { class: "instead" }, title, h("div", {}, list, input, said));

  const write = (words: string): void => {
    if (said.textContent !== words) said.textContent = words;
  };

  async function ask(text: string): Promise<void> {
    const [at, more] = state.held.peek();
    if (at === undefined || more !== undefined || text.trim() === "") return;
    const answer = await ctx.run(
      (options) =>
        ctx.session.foil(at, text, options).catch((error) => {
          if (!options.signal?.aborted) write(error instanceof Error ? error.message : String(error));
          return undefined;
        }),
      "foil",
    );
    if (!answer) return;
    const found = named(answer.text);
    input.value = "";
    contrast(ctx, answer);
    write(found === named(text) ? "" : `${found} stands for it: of several tokens one counts.`);
  }

  ctx.effect(() => {
    const { contrast: able, steps } = state.content.value;
    const asked = targetSteps(state);
    step = asked.length === 1 ? asked[0] : undefined;
    const foil = foilOf(state, asked);
    const others = step === undefined ? [] : (steps.alternatives[step] ?? []).slice(0, chipsShown);
    const open = Object.keys(able).length > 0;
    const own = foil && !others.some(([, , id]) => id === foil.id);
    const shown = own ? [...others, [foil.text, Number.NaN, foil.id] as const] : others;
    chips.forEach(({ show }, k) => {
      show(shown[k], foil !== null && shown[k]?.[2] === foil.id, open);
    });
    row.hidden = step === undefined || (shown.length === 0 && !open);
    input.hidden = !open;
    title.textContent = open ? "Why not" : "Instead:";
  });
  ctx.effect(() => {
    if (!state.foil.value || state.held.value.length === 0) write("");
  });
  return row;
}
