/** Two methods, two explanations, or now and pinned words, side by side. */
import { computed, type ReadonlySignal, signal, untracked } from "@preact/signals-core";
import type { Part, ViewContext } from "../../context";
import { afterNextFrame, h, writeText } from "../../dom";
import { segmented, tick } from "../../panels/toolbar/controls";
import type { ShownScores } from "../../scores/shown-scores";
import { methodOf } from "../../state/selectors";
import type { Options, Pin } from "../../state/state";
import { unitsOf } from "../../state/units";
import styles from "../running-text/running-text.css";
import own from "./compare.css";
import { differenceOf } from "./difference";
import { follow } from "./follow";
import { likeness, paired } from "./likeness";
import { Links } from "./links";
import { paneOf } from "./pane";
import { sentence } from "./says";
import { byMethod, otherMethod, pinnedState, pinOf, sideOf } from "./sides";

export const compare: Part<ViewContext> = { styles: `${styles}\n${own}`, mount };

type Mode = "methods" | "other" | "pinned";

function mount(host: HTMLElement, ctx: ViewContext): void {
  const { state, other } = ctx;
  const set = (options: Partial<Options>) => {
    state.options.value = { ...state.options.peek(), ...options };
  };
  const pins = computed(() => state.options.value.pins);
  const subtract = computed(() => state.options.value.difference);
  const pinned = pins.peek().length > 0;
  const mode = signal<Mode>(pinned ? "pinned" : other ? "other" : "methods");
  const method = followSecond(ctx, set);
  const modes = segmented("Compare", (value) => {
    mode.value = value as Mode;
  });
  const pin = h("button", { type: "button", class: "pin", onclick: () => addPin() }, "Pin what is shown");
  const minus = tick("difference", (on) => {
    set({ difference: on });
  });
  const panes = h("div", { class: "cmp-panes" });
  host.append(
    h("div", { class: "cmp" }, h("div", { class: "cmp-bar" }, modes.element, pin, minus.element), panes),
  );
  const addPin = () => {
    const now = pinOf(state);
    set({ pins: [...pins.peek(), now] });
    ctx.announce("Pinned.");
  };
  ctx.effect(() => {
    minus.input.checked = subtract.value;
    modes.show(
      [
        ...(other ? [{ value: "other", text: otherTitle(ctx) }] : []),
        { value: "methods", text: "Two methods" },
        { value: "pinned", text: "Now and pinned" },
      ],
      mode.value,
    );
    pin.hidden = mode.value !== "pinned";
    minus.element.hidden = mode.value === "pinned" && pins.value.length === 0;
  });
  ctx.effect(() => {
    const end = new AbortController();
    ctx.signal.addEventListener("abort", () => end.abort());
    const [chosen, pinned, minus] = [mode.value, mode.value === "pinned" ? pins.value : [], subtract.value];
    untracked(() => {
      if (chosen === "pinned") showPins(pinned, minus, end.signal);
      else showTwo(chosen, minus, end.signal);
    });
    return () => end.abort();
  });

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
    const rows = pinned.flatMap((one, k) => {
      const side = sideOf(ctx, pinnedState(state, one), ctx.session, `pin ${k}`, end);
      const remove = () => {
        set({ pins: pins.peek().filter((other) => other !== one) });
      };
      const titles = () => ["Now", "Pinned"] as const;
      const options = { method: "name" as const, linked: false, remove, alone: k > 0 };
      return pair(side, linksOf(side, false), titles, minus, options, end);
    });
    const empty = h(
      "p",
      { class: "cmp-line" },
      "Hold a word and pin it: it stays here while you hold another one or choose another method.",
    );
    const now = () => sideOf(ctx, state, ctx.session, "now", end);
    panes.replaceChildren(
      ...(rows.length > 0
        ? rows
        : [paneOf(now(), { title: () => "Now", method: "name", editable: true }), empty]),
    );
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
  }

  /** The two texts, or their difference, and the line of numbers. */
  function pair(
    side: ViewContext,
    links: ReadonlySignal<Links>,
    titles: () => readonly [string, string],
    minus: boolean,
    { method: shows, linked, remove, alone = false }: PairOptions,
    end: AbortSignal,
  ): HTMLElement[] {
    const first = sideWith(ctx, side);
    const names = (): readonly [string, string] => {
      const [a, b] = titles();
      return [a || (methodOf(state)?.title ?? ""), b || (methodOf(side.state)?.title ?? "")];
    };
    const right = {
      title: () => titles()[1],
      method: shows,
      editable: !linked,
      ...(remove ? { remove } : {}),
    };
    let elements: HTMLElement[];
    if (minus) {
      const title = () => names().join(" minus ");
      const pane = paneOf(differenceOf(first, side, links, title), { ...right, title, method: "none" });
      elements = [pane];
      follow({ states: [state, side.state], elements: [pane, h("div")], links, linked }, side);
    } else {
      const two = [
        paneOf(first, { title: () => titles()[0], method: shows, editable: true }),
        paneOf(side, right),
      ] as const;
      elements = alone ? [two[1]] : [...two];
      follow({ states: [state, side.state], elements: two, links, linked }, side);
    }
    const line = h("p", { class: "cmp-line", "aria-live": "off" });
    const write = afterNextFrame(() => {
      const [a, b] = [ctx.scores.shown.peek(), side.scores.shown.peek()];
      if (!a || !b || a.steps.length === 0 || b.steps.length === 0) return;
      writeText(line, compared(a, b, links.value, names()));
    }, end);
    side.effect(() => {
      void [ctx.scores.shown.value, side.scores.shown.value, links.value, names()];
      if (ctx.open.value) write();
    });
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

/** The second method, which the option `second` keeps once it was chosen. */
function followSecond({ state, effect }: ViewContext, set: (options: Partial<Options>) => void) {
  const usual = otherMethod(state, methodOf(state)?.name ?? "");
  const known = (name: string) => state.content.peek().methods.some((one) => one.name === name);
  const method = signal(usual);
  effect(() => {
    const { second } = state.options.value;
    method.value = known(second) ? second : usual;
  });
  effect(() => {
    const name = method.value;
    const { second } = state.options.peek();
    if (name !== (known(second) ? second : usual)) set({ second: name });
  });
  return method;
}

/** The first display, with what is started in it ending with that of `side`. */
function sideWith(ctx: ViewContext, side: ViewContext): ViewContext {
  return { ...ctx, signal: side.signal, effect: side.effect };
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
