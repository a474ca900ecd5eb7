/** What each sentence of the answer rests on: chips of the documents that were given, and why a tool was called. */
import { effect, signal, untracked } from "@preact/signals-core";
import type { Context } from "../../context";
import { h, writeText } from "../../dom";
import { tint } from "../../draw/ramp";
import type { RestsInfo } from "../../session/session";
import { contrast } from "../../state/selection";
import { type Chip, chipsOf, labelOf, nameOf, sentencesIn, wordsOf } from "./chips";
import styles from "./rests.css";

export const rests = { styles, mount };

/** Seconds of work that nobody needs to ask for. */
const short = 10;

function mount(host: HTMLElement, ctx: Context): void {
  const { state, session } = ctx;
  const title = h("h3", {}, "What each sentence rests on");
  const note = h("p", { class: "note" });
  const list = h("ol", {});
  const tools = h("p", { class: "tools" });
  const root = h(
    "section",
    { class: "aw-rests", "aria-label": "What each sentence rests on" },
    title,
    note,
    list,
    tools,
  );
  host.append(root);
  const falls = signal<Float32Array | null>(null);
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
  ctx.effect(() => {
    const sent = state.sent.value;
    const [info, numbers] = [sent.rests, falls.value];
    if (!info) return;
    const what = info.units.some(([name]) => nameOf(name) !== name) ? "document" : "tool";
    writeNote(note, info, what, numbers !== null, asked);
    const count = info.units.length;
    list.replaceChildren(
      ...sentencesIn(sent, info).map((text, s) => {
        const chips = numbers && chipsOf(numbers.subarray(s * count, (s + 1) * count));
        return h(
          "li",
          {},
          h("span", { class: "words", dir: "auto" }, text),
          " ",
          ...chipElements(chips, info, what, ctx),
        );
      }),
    );
  });
  ctx.effect(() => {
    const others = state.sent.value.rests?.tools ?? [];
    tools.hidden = others.length === 0;
    tools.replaceChildren(...toolElements(others, ctx));
  });
  ctx.effect(() => {
    root.style.setProperty("--tint", tint(ctx.theme.value).unsigned.rgb.join(" "));
  });
  ctx.effect(() => {
    const lit = state.lit.value;
    void falls.value;
    for (const chip of list.querySelectorAll<HTMLButtonElement>("button"))
      chip.setAttribute("aria-pressed", String(lit !== null && chip.dataset.start === String(lit[0])));
  });
}

function writeNote(
  note: HTMLElement,
  info: RestsInfo,
  what: string,
  known: boolean,
  asked: { value: boolean },
): void {
  if (known) {
    writeText(note, [
      `Each ${what} was left out in turn; shares are of what the sentence lost. Click one to see it in the text.`,
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

function chipElements(
  chips: readonly Chip[] | null,
  { units }: RestsInfo,
  what: string,
  { state, announce }: Context,
): Node[] {
  if (!chips) return [];
  if (chips.length === 0)
    return [
      h(
        "span",
        { class: "none", title: `No ${what}, left out alone, makes this sentence a tenth less likely.` },
        `no ${what} alone`,
      ),
    ];
  return chips.map((chip) => {
    const [title, start, end] = units[chip.unit] as RestsInfo["units"][number];
    const words = wordsOf(title, chip);
    const label = labelOf(title, chip.share);
    const show = () => {
      const off = state.lit.peek()?.[0] === start;
      state.lit.value = off ? null : [start, end, chip.share];
      if (!off) state.sought.value = [start];
      announce(off ? "Let go." : `${nameOf(title)} is marked in the text.`);
    };
    const element = h(
      "button",
      {
        type: "button",
        class: "chip",
        title: words,
        "aria-label": `${label}: ${words}`,
        "aria-pressed": "false",
        onclick: show,
      },
      label,
    );
    element.dataset.start = String(start);
    element.style.setProperty("--share", chip.share.toFixed(2));
    return element;
  });
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
