/** Change a word in place: what becomes of the word explained; Enter keeps the change and has the model answer anew. */
import { untracked } from "@preact/signals-core";
import type { Context } from "../../context";
import { h, listen, writeText } from "../../dom";
import type { Change } from "../../session/changes";
import { named, plainName } from "../../state/names";
import { restingSteps } from "../../state/selectors";
import { unitsOf } from "../../state/units";
import { type Word, whenAsked, wordAround, wordsOf } from "../../state/word";
import styles from "./edit.css";
import { chip, maskText, noMask, nothingHeld, refused, rowsOf, verdict } from "./parts";

export const edit = { styles, mount };

/** Milliseconds without a key after which a word is tried. */
const typed = 250;

function mount(host: HTMLElement, ctx: Context): void {
  let close: (() => void) | null = null;
  let keeping = false;
  const kept = () => {
    keeping = true;
  };
  whenAsked(host, ctx.signal, (u, element) => {
    const { content } = ctx.state;
    const units = unitsOf(content.peek());
    if (!content.peek().editing || units.special(u) || units.start(u) >= content.peek().inputs) return;
    close?.();
    close = open(host, ctx, selectionAround(ctx, u), element as HTMLElement, kept);
  });
  ctx.effect(() => {
    void ctx.state.content.value;
    close?.();
    close = null;
    // The word that had the focus is gone with the text before.
    if (keeping) requestAnimationFrame(() => focusText(host));
    keeping = false;
  });
}

function focusText(host: HTMLElement): void {
  host
    .querySelector<HTMLElement>(".pane:not([hidden]) [role=option][tabindex='0']")
    ?.focus({ preventScroll: true });
}

/** The word of a unit; all words that are selected, if it is one of them. */
function selectionAround({ state }: Context, u: number): Word {
  const content = state.content.peek();
  const selected = state.selected.peek().map((input) => unitsOf(content).of(input));
  const [first = u, last = u] = selected.includes(u) ? [selected[0], selected.at(-1)] : [];
  return [wordAround(content, first)[0], wordAround(content, last)[1]];
}

/** Show the panel beside `anchor`; return what closes it. */
function open(
  host: HTMLElement,
  ctx: Context,
  word: Word,
  anchor: HTMLElement,
  keeps: () => void,
): () => void {
  const end = new AbortController();
  const content = ctx.state.content.peek();
  const units = unitsOf(content);
  const [start, stop] = [units.start(word[0]), Math.min(units.end(word[1]), content.inputs)];
  const [old, own] = [named, plainName].map((name) => name(units.joined(range(word)))) as [string, string];
  const step = untracked(() => restingSteps(ctx.state))[0];
  const input = h("input", {
    type: "text",
    "aria-label": `Another word for ${old}`,
    size: 12,
    maxlength: 200,
    autocomplete: "off",
    spellcheck: "false",
  });
  const chips = h("div", { class: "chips" });
  const rows = h("ul", { class: "rows", "aria-label": "What becomes of the word explained" });
  const says = h("p", { class: "says", role: "status" });
  const keep = h("button", { type: "button", class: "act keep", onclick: () => kept() }, "keep");
  const element = h(
    "div",
    { class: "aw-edit", role: "dialog", "aria-label": `Change ${old}` },
    h("div", { class: "first" }, h("b", { dir: "auto" }, old), " → ", input, keep),
    h(
      "div",
      { class: "hint" },
      h("kbd", {}, "Enter"),
      " keeps it and answers anew · ",
      h("kbd", {}, "Esc"),
      " leaves it",
    ),
    chips,
    rows,
    says,
  );
  host.append(element);
  place(element, host, anchor);

  const { mask } = content.editing ?? { mask: null };
  const words = wordsOf(content, word);
  const changes = (): Change[] =>
    mask !== null && input.value.trim() === mask
      ? words.map(([from, to]) => [units.start(from), units.end(to), mask])
      : [[start, stop, input.value.trim() === "" ? "" : input.value]];
  let deleting = false;
  let forget = () => {};
  const changed = () => deleting || (input.value.trim() !== "" && input.value.trim() !== own);
  const tell = (error: unknown, { signal }: { signal?: AbortSignal }) => {
    if (!signal?.aborted) writeText(says, [error instanceof Error ? error.message : String(error)]);
    return undefined;
  };
  async function tried(): Promise<void> {
    keep.disabled = !changed();
    if (!changed()) return;
    if (step === undefined) return writeText(says, [nothingHeld(content)]);
    const found = await ctx.run(
      (options) => ctx.session.changes.try(step, changes(), options).catch((error) => tell(error, options)),
      "try",
    );
    if (!found || end.signal.aborted) return;
    rows.replaceChildren(...rowsOf(found));
    writeText(says, [verdict(found, ctx, word)]);
    place(element, host, anchor);
  }
  const put = (text: string) => {
    input.value = text;
    deleting = text === "";
    for (const one of chips.children)
      one.setAttribute("aria-pressed", String((one as HTMLElement).dataset.word === text));
    void tried();
  };
  async function kept(): Promise<void> {
    if (!changed()) return;
    const made = changes();
    leave();
    keeps();
    await ctx.run((options) => ctx.session.changes.keep(made, options), "continue");
  }
  const leave = (back = false) => {
    if (end.signal.aborted) return;
    end.abort();
    forget();
    element.remove();
    if (back) anchor.focus({ preventScroll: true });
  };
  listen(input, end.signal, {
    input: () => {
      deleting = false;
      forget();
      forget = ctx.after(typed, () => put(input.value.trim() === "" ? " " : input.value));
    },
  });
  listen(element, end.signal, {
    keydown: (event) => {
      if (event.key === "Escape") leave(true);
      else if (event.key === "Enter" && event.target === input && !event.isComposing) void kept();
      else {
        event.stopPropagation();
        return;
      }
      event.preventDefault();
      event.stopPropagation();
    },
  });
  const outside = (event: PointerEvent) => {
    if (!event.composedPath().includes(element)) leave();
  };
  listen(window, end.signal, { pointerdown: outside }, { capture: true });
  ctx.signal.addEventListener("abort", () => leave(), { signal: end.signal });

  const no = () => writeText(says, [noMask(content)]);
  chips.append(
    chip("delete", "", put, `Take ${words.length > 1 ? "them" : "it"} out: what follows moves up.`),
    mask === null
      ? refused("mask", noMask(content), no)
      : chip("mask", mask, put, maskText(mask, words.length)),
  );
  keep.disabled = true;
  input.focus({ preventScroll: true });
  void ctx
    .run((options) => ctx.session.changes.likely(start, stop, options).catch(() => []), "likely")
    .then((words) => {
      if (!end.signal.aborted && words) chips.prepend(...words.map((text) => chip(text, text, put)));
    });
  return () => leave();
}

const range = ([first, last]: Word): number[] =>
  Array.from({ length: last - first + 1 }, (_, k) => first + k);

/** The height of the panel with all its rows, in pixels. */
const full = 230;

/** Place `element` under `anchor`, inside `host`; under the answer or over `anchor` if that keeps the answer in sight. */
function place(element: HTMLElement, host: HTMLElement, anchor: HTMLElement): void {
  const [room, at] = [host.getBoundingClientRect(), anchor.getBoundingClientRect()];
  const zoom = room.width / host.offsetWidth || 1;
  const y = (inPage: number) => (inPage - room.top) / zoom;
  const left = (at.left - room.left) / zoom;
  const height = Math.max(full, element.offsetHeight);
  const answer = [...host.querySelectorAll<HTMLElement>(".gen")].filter((word) => word.offsetParent);
  const from = y(answer[0]?.getBoundingClientRect().top ?? Number.POSITIVE_INFINITY);
  const under = y(answer.at(-1)?.getBoundingClientRect().bottom ?? 0) + 6;
  let top = y(at.bottom) + 6;
  if (top + height > from && top < under) {
    // The panels below a narrow text may be covered.
    const floor = host.closest(".aw")?.getBoundingClientRect().bottom;
    if (under + height <= y(floor ?? room.bottom)) top = under;
    else if (y(at.top) - 6 >= height) top = y(at.top) - 6 - element.offsetHeight;
  }
  element.style.left = `${Math.max(8, Math.min(left, host.offsetWidth - element.offsetWidth - 8))}px`;
  element.style.top = `${top}px`;
}
