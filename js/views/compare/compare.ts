/** Two methods, two explanations, or now and pinned words, side by side. */
import { computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals-core";
import type { Part, ViewContext } from "../../context";
import { afterNextFrame, h, writeText } from "../../dom";
import { segmented, tick } from "../../panels/toolbar/controls";
import type { ShownScores } from "../../scores/shown-scores";
import type { Content } from "../../session/content";
import { pin, pinName, pinsOf, unpin } from "../../state/pins";
import { methodOf } from "../../state/selectors";
import type { Options, Pin } from "../../state/state";
import { unitsOf } from "../../state/units";
import styles from "../running-text/running-text.css";
import sheet from "./compare.css";
import { differenceOf, legendOf } from "./difference";
import { follow, type Shown } from "./follow";
import { likeness, paired } from "./likeness";
import { Links } from "./links";
import { paneOf } from "./pane";
import { lonelyText, sentence } from "./says";
import { byMethod, followOption, otherMethod, pinnedState, sideOf } from "./sides";

export const compare: Part<ViewContext> = { styles: `${styles}\n${sheet}`, mount };

interface Difference {
  readonly scores: ViewContext["scores"];
  readonly names: () => readonly [string, string];
}

type Mode = "methods" | "other" | "pinned";

function mount(host: HTMLElement, ctx: ViewContext): void {
  const { state, other } = ctx;
  const set = (change: Partial<Options>) => {
    state.options.value = { ...state.options.peek(), ...change };
  };
  const mode = computed((): Mode => {
    const chosen = state.options.value.compare;
    if (chosen === "pinned" || (chosen === "" && pinsOf(state).length > 0)) return "pinned";
    return other && chosen !== "methods" ? "other" : "methods";
  });
  const method = signal(otherMethod(state, methodOf(state)?.name ?? ""));
  followOption(ctx, method);
  if (other) followOption(ctx, other.state.method);
  const modes = segmented("Compare", (value) => set({ compare: value as Mode }));
  const add = h("button", { type: "button", class: "pin", onclick: () => pin(ctx) }, "Pin what is shown");
  const minus = tick("difference", (difference) => set({ difference }));
  const panes = h("div", { class: "cmp-panes" });
  const bar = h("div", { class: "cmp-bar" }, modes.element, add, minus.element);
  host.append(h("div", { class: "cmp" }, bar, panes));
  const pins = computed(() => (mode.value === "pinned" ? pinsOf(state) : []));
  ctx.effect(() => {
    modes.show(
      [
        ...(other ? [{ value: "other", text: otherTitle(ctx) }] : []),
        { value: "methods", text: "Two methods" },
        { value: "pinned", text: "Now and pinned" },
      ],
      mode.value,
    );
    add.hidden = mode.value !== "pinned";
    minus.element.hidden = mode.value === "pinned" && pins.value.length === 0;
    minus.input.checked = state.options.value.difference;
  });
  /** The differences that are drawn. */
  let differences: Difference[] = [];
  const pinned = computed(() => JSON.stringify(pins.value));
  const subtract = computed(() => state.options.value.difference);
  ctx.effect(() => {
    const end = new AbortController();
    ctx.signal.addEventListener("abort", () => end.abort());
    const [chosen, minus] = [mode.value, subtract.value];
    void pinned.value;
    untracked(() => {
      differences = [];
      if (chosen === "pinned") showPins(pins.value, minus, end.signal);
      else showTwo(chosen, minus, end.signal);
      followDifferences(differences, end.signal);
    });
    return () => end.abort();
  });

  /** Keep the legend that of what is drawn. */
  function followDifferences(drawn: readonly Difference[], end: AbortSignal): void {
    const [only, ...more] = drawn;
    const stop = effect(() => {
      const names = only && more.length === 0 ? only.names() : (["Now", "Pinned"] as const);
      const shown = drawn.map(({ scores }) => scores.shown.value);
      ctx.legend.value = ctx.open.value && only ? legendOf(shown, names) : null;
    });
    end.addEventListener("abort", stop);
  }

  function showTwo(chosen: "methods" | "other", minus: boolean, end: AbortSignal): void {
    const linked = chosen === "other" && other ? other : null;
    const second = linked ? linked.state : byMethod(state, method);
    const side = sideOf(ctx, second, linked?.session ?? ctx.session, chosen, end);
    const links = linksOf(side, linked !== null);
    const titles = (): readonly [string, string] => (linked ? namesOf(ctx) : ["", ""]);
    panes.replaceChildren(
      ...pair(side, links, titles, minus, { method: "choose", linked: linked !== null }, end),
    );
  }

  function showPins(pinned: readonly Pin[], minus: boolean, end: AbortSignal): void {
    const several = pinned.length > 1;
    const rows = pinned.flatMap((one, k) => {
      const side = sideOf(ctx, pinnedState(state, one), ctx.session, `pin ${k}`, end);
      const titles = () => ["Now", several ? "" : "Pinned"] as const;
      const pinned = () => {
        const method = methodOf(side.state)?.title;
        const word = pinName(one, state.content.value);
        return method === methodOf(state)?.title ? word : `${word} by ${method}`;
      };
      const options = {
        ...(several ? { names: () => ["Now", pinned()] as const } : {}),
        method: "name" as const,
        linked: false,
        remove: () => removePin(one, k),
        alone: several,
      };
      return pair(side, linksOf(side, false), titles, minus, options, end);
    });
    const empty = h(
      "p",
      { class: "cmp-line" },
      "Hold a word and pin it, here or with ",
      h("kbd", {}, "P"),
      " in any view: it stays here while you hold another one or choose another method.",
    );
    const now = () => {
      const side = sideOf(ctx, state, ctx.session, "now", end);
      const pane = paneOf(side, { title: () => "Now", method: "name", editable: true });
      return h("div", { class: "cmp-one" }, pane.element);
    };
    panes.replaceChildren(
      ...(several && !minus ? [now()] : []),
      ...rows,
      ...(pinned.length === 0 ? [now(), empty] : []),
    );
    panes.classList.toggle("cmp-rows", several);
  }

  /** Unpin, and leave the focus on the next pin. */
  function removePin(gone: Pin, k: number): void {
    set({ compare: "pinned" });
    unpin(ctx, gone);
    const left = panes.querySelectorAll<HTMLElement>(".cmp-head .x");
    (left[Math.min(k, left.length - 1)] ?? add).focus();
  }

  function linksOf(side: ViewContext, between: boolean) {
    return computed(
      () =>
        new Links(
          state.content.value,
          side.state.content.value,
          between ? (other?.links.value ?? null) : null,
        ),
    );
  }

  interface PairOptions {
    readonly method: "choose" | "name";
    readonly linked: boolean;
    readonly remove?: () => void;
    /** Only the second of the two is shown. */
    readonly alone?: boolean;
    /** What the two are called in a sentence, where that is not their titles, or else their methods. */
    readonly names?: () => readonly [string, string];
  }

  /** The two texts, or their difference, and the line of numbers. */
  function pair(
    side: ViewContext,
    links: ReadonlySignal<Links>,
    titles: () => readonly [string, string],
    minus: boolean,
    { method: shows, linked, remove, alone = false, names: given }: PairOptions,
    end: AbortSignal,
  ): HTMLElement[] {
    const first = sideWith(ctx, side);
    const names = (): readonly [string, string] => {
      if (given) return given();
      const [a, b] = titles();
      return [a || (methodOf(state)?.title ?? ""), b || (methodOf(side.state)?.title ?? "")];
    };
    const right = {
      title: () => titles()[1],
      method: shows,
      editable: !linked,
      ...(remove ? { remove } : {}),
    };
    const lonely = (back: boolean) => (linked ? { lonely: computed(() => links.value.lonely(back)) } : {});
    const states = [state, side.state] as const;
    let shown: Shown[];
    if (minus) {
      const title = () => names().join(" minus ");
      const options = { ...right, ...lonely(false), title, method: "none" as const };
      const subtracted = differenceOf(first, side, links, title);
      differences.push({ scores: subtracted.scores, names });
      const pane = paneOf(subtracted, options);
      shown = [pane];
      follow({ states, shown: [pane, null], links, linked }, side);
    } else if (alone) shown = [paneOf(side, right)];
    else {
      const left = { title: () => titles()[0], method: shows, editable: true, ...lonely(false) };
      const two = [paneOf(first, left), paneOf(side, { ...right, ...lonely(true) })] as const;
      shown = [...two];
      follow({ states, shown: two, links, linked }, side);
    }
    const line = h("p", { class: "cmp-line", "aria-live": "off" });
    const write = afterNextFrame(() => {
      const [a, b] = [ctx.scores.shown.peek(), side.scores.shown.peek()];
      if (!a || !b || a.steps.length === 0 || b.steps.length === 0) return;
      const contents = [state, side.state].map(({ content }) => content.peek()) as [Content, Content];
      writeText(line, [
        ...compared(a, b, links.value, names()),
        ...(linked ? lonelyText(links.value, contents, names()) : []),
      ]);
    }, end);
    side.effect(() => {
      void [ctx.scores.shown.value, side.scores.shown.value, links.value, names()];
      if (ctx.open.value) write();
    });
    const elements = shown.map(({ element }) => element);
    return [h("div", { class: elements.length > 1 ? "cmp-two" : "cmp-one" }, ...elements), line];
  }

  function compared(a: ShownScores, b: ShownScores, links: Links, names: readonly [string, string]) {
    const found = paired(a, b, links);
    const signed = a.method.signed && b.method.signed;
    const sides = [
      { name: names[0], shown: a },
      { name: names[1], shown: b },
    ] as const;
    return sentence(likeness(found, signed), found, unitsOf(state.content.peek()), sides);
  }
}

/** The first display, with what is started in it ending with that of `side`. */
function sideWith(ctx: ViewContext, side: ViewContext): ViewContext {
  return { ...ctx, signal: side.signal, effect: side.effect, later: side.later };
}

function otherTitle({ state, other }: ViewContext): string {
  return other && other.state.content.value.model !== state.content.value.model ? "Two models" : "Two texts";
}

/** What the two explanations are called: their models, if those differ. */
function namesOf({ state, other }: ViewContext): readonly [string, string] {
  const [a, b] = [state.content.value.model, other?.state.content.value.model ?? ""].map(
    (name) => name.split(/[\\/]/).pop() ?? name,
  ) as [string, string];
  return a !== b && a && b ? [a, b] : ["First", "Second"];
}
