/** The layers × heads panel: shaded by what each head gave to the words explained; hover previews, click chooses. */
import { untracked } from "@preact/signals-core";
import type { Context } from "../../context";
import { afterNextFrame, listen, writeText } from "../../dom";
import { sequential } from "../../draw/ramp";
import type { Head, HeadRule } from "../../session/heads";
import { chooseAll, hoverHead, isChosen, pickHead } from "../../state/heads";
import { methodOf } from "../../state/selectors";
import { adds, CellGrid } from "./cells";
import { type Fed, followHeads } from "./follow";
import { type PickerParts, pickerParts } from "./parts";
import styles from "./picker.css";
import { type Shade, shadeOf } from "./shade";
import { mountTabs } from "./tabs";
import { captionText, cellLabel, heldText, hoverText, titleText, tooltipText } from "./text";
import { showTop } from "./top";

export const picker = { styles, mount: (host: HTMLElement, ctx: Context) => void new Picker(host, ctx) };

class Picker {
  readonly #ctx: Context;
  readonly #parts: PickerParts;
  readonly #cells: CellGrid;
  #fed: Fed = { steps: [], given: null, trouble: null };
  #shade: Shade | null = null;

  constructor(host: HTMLElement, ctx: Context) {
    this.#ctx = ctx;
    this.#parts = pickerParts(host);
    mountTabs(this.#parts.root, this.#parts.heads, ctx);
    const { state } = ctx;
    this.#cells = new CellGrid(ctx, this.#parts, {
      size: () => [state.content.peek().layers, state.content.peek().heads],
      picture: () => ({
        values: this.#shade?.values ?? null,
        layer: state.layer.peek(),
        chosen: state.heads.peek(),
        hovered: state.hoveredHead.peek(),
      }),
      label: (head) => cellLabel(head, this.#valueOf(head)),
      selected: (head) => isChosen(state, head),
      point: (head) => hoverHead(state, head),
      pick: (head, adding) => ctx.announce(pickHead(state, head, adding)),
    });
    this.#listenToControls();
    this.#follow();
    ctx.signal.addEventListener("abort", () => this.#parts.root.remove());
  }

  #listenToControls(): void {
    const { rule, all } = this.#parts;
    const { state, signal, announce } = this.#ctx;
    const change = () => {
      state.options.value = { ...state.options.peek(), head_rule: rule.value as HeadRule };
    };
    listen(rule, signal, { change });
    const click = () => {
      chooseAll(state);
      announce("All heads");
    };
    listen(all, signal, { click });
  }

  #follow(): void {
    const { state, theme, effect } = this.#ctx;
    effect(() => {
      const { layers, attention_note } = state.content.value;
      this.#parts.show(layers > 0, attention_note ?? "This model has no attention to show.");
      untracked(() => {
        this.#shade = null;
        if (layers > 0) this.#show({ steps: [], given: null, trouble: null });
        this.#cells.resize();
        if (layers > 0) this.#cells.describe(false);
      });
    });
    // The tints of the text come first: the heads follow in the frame after.
    let last: Fed | null = null;
    const later = afterNextFrame(() => last && this.#show(last), this.#ctx.signal);
    followHeads(this.#ctx, (fed) => {
      last = fed;
      later();
    });
    effect(() => {
      // How heads are joined matters only to attention.
      const { layers, heads } = state.content.value;
      const attention = methodOf(state)?.attention ?? false;
      this.#parts.controls.hidden = !attention || layers * heads <= 1;
      this.#parts.held.hidden = !attention;
    });
    effect(() => {
      const rule = state.options.value.head_rule;
      const { layers, heads } = state.content.value;
      this.#parts.rule.value = rule;
      this.#parts.all.disabled = state.heads.value.length === 0 && state.layer.value === null;
      writeText(this.#parts.held, heldText(state.layer.value, state.heads.value, rule, layers * heads));
      void [state.hoveredHead.value, theme.value];
      this.#updateTexts();
    });
  }

  /** Show what each head gave; cells keep their shade while another word is read. */
  #show(fed: Fed): void {
    const { state } = this.#ctx;
    const { title, caption, top, cells } = this.#parts;
    const content = state.content.peek();
    this.#fed = fed;
    if (fed.given) this.#shade = shadeOf(fed.given);
    writeText(title, titleText(content, fed.steps));
    caption.textContent =
      fed.trouble ?? captionText(content, fed.steps, fed.given, this.#shade?.alike ?? false);
    caption.title = fed.given ? tooltipText(fed.given) : "";
    cells.classList.toggle("waiting", fed.given === null);
    const pick = (head: Head, event: MouseEvent) => {
      this.#ctx.announce(pickHead(state, head, adds(event)));
      this.#cells.describe(false);
    };
    if (fed.given) showTop(top, content, fed.given, (head) => hoverHead(state, head), pick);
    this.#updateTexts();
  }

  #valueOf([layer, head]: Head): number {
    const shares = this.#fed.given?.shares;
    return head < 0
      ? Number.NaN
      : (shares?.[layer * this.#ctx.state.content.peek().heads + head] ?? Number.NaN);
  }

  #updateTexts(): void {
    const head = this.#ctx.state.hoveredHead.peek();
    this.#parts.hover.textContent = hoverText(head, head ? this.#valueOf(head) : Number.NaN);
    this.#parts.range(this.#shade, sequential(this.#ctx.theme.peek(), "blue"));
    this.#cells.repaint();
  }
}
