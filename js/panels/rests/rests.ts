/** What each sentence of the answer rests on, where the text does not carry it itself, and why a tool was called. */
import { computed, effect, signal, untracked } from "@preact/signals-core";
import type { Context } from "../../context";
import { h, writeText } from "../../dom";
import type { RestsInfo } from "../../session/rests";
import { contrast } from "../../state/selection";
import { elementsOf, kindOf, markLit, sentencesIn, setTint } from "./chips";
import styles from "./rests.css";

export const rests = { styles, mount };

/** Seconds of work that nobody needs to ask for. */
const short = 10;
/** The views whose text carries the chips. */
const running = ["text", "flow"];

function mount(host: HTMLElement, ctx: Context): void {
  const { state, session } = ctx;
  const title = h("h3", {}, "What each sentence rests on");
  const note = h("p", { class: "note" });
  const list = h("ol", {});
  const said = h("p", { class: "said", "aria-hidden": "true" });
  const tools = h("p", { class: "tools" });
  const root = h(
    "section",
    { class: "aw-rests", "aria-label": "What each sentence rests on" },
    title,
    note,
    list,
    said,
    tools,
  );
  host.append(root);
  const { falls } = state;
  const asked = signal(false);

  const ask = async (info: RestsInfo) => {
    if (info.falls) {
      falls.value = Float32Array.from(info.falls.flat());
      return;
    }
    const found = await ctx.run((options) => session.ask("rests", {}, options), "documents left out");
    if (found && state.sent.peek().rests === info) falls.value = found.numbers;
  };
  ctx.effect(() => {
    const info = state.sent.value.rests;
    root.hidden = !info;
    falls.value = null;
    state.lit.value = null;
    asked.value = info !== undefined && (info.falls !== undefined || info.seconds <= short);
    if (!info) return;
    return effect(() => {
      if (asked.value) void untracked(() => ask(info));
    });
  });
  // Of a message that is read as one, no sentence has an end of its own.
  const inText = computed(
    () => running.includes(state.view.value) && state.options.value.units !== "message",
  );
  ctx.effect(() => {
    const sent = state.sent.value;
    const [info, numbers] = [sent.rests, falls.value];
    if (!info) return;
    const make = (label: string) => h("button", { type: "button", class: "chip" }, label);
    const chips = numbers && elementsOf(info, numbers, ctx, make);
    list.replaceChildren(
      ...sentencesIn(sent, info).map((text, s) =>
        h("li", {}, h("span", { class: "words", dir: "auto" }, text), " ", ...(chips?.[s] ?? [])),
      ),
    );
  });
  ctx.effect(() => {
    const others = state.sent.value.rests?.tools ?? [];
    tools.hidden = others.length === 0;
    tools.replaceChildren(...toolElements(others, ctx));
  });
  ctx.effect(() => setTint(root, ctx));
  ctx.effect(() => {
    list.hidden = inText.value;
    const [info, known] = [state.sent.value.rests, falls.value !== null];
    if (info) writeNote(note, info, known ? (inText.value ? " behind each sentence" : "") : null, asked);
  });
  ctx.effect(() => {
    void falls.value;
    said.textContent = state.lit.value?.[3] ?? "";
    markLit(list.querySelectorAll("button"), state, "aria-pressed");
  });
}

/** Say how it was found, once it is, and in `where` the shares then stand; or offer to find it. */
function writeNote(
  note: HTMLElement,
  info: RestsInfo,
  where: string | null,
  asked: { value: boolean },
): void {
  const what = kindOf(info);
  if (where !== null) {
    writeText(note, [
      `Each ${what} was left out in turn; the shares${where} are of what the sentence lost. Click one to see the ${what}.`,
    ]);
    return;
  }
  if (asked.value) {
    writeText(note, [`Leaving out each of ${info.units.length} ${what}s …`]);
    return;
  }
  const start = () => {
    asked.value = true;
  };
  note.replaceChildren(
    h("button", { type: "button", onclick: start }, `Leave each ${what} out`),
    ` about ${Math.round(info.seconds)} s`,
  );
}

/** Why this tool was called and not another: each of the others is a foil. */
function toolElements(others: RestsInfo["tools"], ctx: Context): (Node | string)[] {
  const [first] = others;
  if (!first) return [];
  const of = others.filter(([called]) => called === first[0]);
  return [
    "Why ",
    h("b", {}, first[0]),
    " and not",
    ...of.flatMap(([, name, step, text]) => [
      " ",
      h(
        "button",
        {
          type: "button",
          class: "chip",
          onclick: async () => {
            const foil = await ctx.run((options) => ctx.session.foil(step, text, options), "another tool");
            if (foil) contrast(ctx, { ...foil, text: name });
          },
        },
        name,
      ),
    ]),
    "?",
  ];
}
