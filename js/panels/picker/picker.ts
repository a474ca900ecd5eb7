/** The layers × heads panel: shaded by what each head gave to the words explained; hover previews, click chooses. */
import { untracked } from "@preact/signals-core";
import { inside, move } from "../../a11y/grid";
import type { Context } from "../../context";
import { afterNextFrame, inNextFrame, listen, pointIn, sizeCanvas, watchSize, writeText } from "../../dom";
import { paletteOf } from "../../draw/palette";
import { sequential } from "../../draw/ramp";
import type { Head, HeadRule } from "../../session/session";
import { chooseAll, hoverHead, isChosen, pickHead } from "../../state/heads";
import { methodOf } from "../../state/selectors";
import { type Fed, followHeads } from "./follow";
import { type Geometry, geometry, hit } from "./geometry";
import { paintPicker } from "./paint";
import { type PickerParts, pickerParts } from "./parts";
import styles from "./picker.css";
import { type Shade, shadeOf } from "./shade";
import { captionText, cellLabel, heldText, hoverText, titleText, tooltipText } from "./text";
import { showTop } from "./top";

export const picker = { styles, mount: (host: HTMLElement, ctx: Context) => void new Picker(host, ctx) };

/** Pixels for the list of top heads. */
const besideCells = 92;

const adds = (event: MouseEvent): boolean => event.ctrlKey || event.metaKey || event.shiftKey;

class Picker {
  readonly #host: HTMLElement;
  readonly #ctx: Context;
  readonly #parts: PickerParts;
  readonly #paper: CanvasRenderingContext2D | null;
  readonly #repaint: () => void;
  #geometry: Geometry = geometry(1, 1, 0);
  #fed: Fed = { steps: [], given: null, trouble: null };
  #shade: Shade | null = null;
  /** Column 0 has the layer numbers. */
  #cursor = { row: 0, column: 1 };

  constructor(host: HTMLElement, ctx: Context) {
    this.#host = host;
    this.#ctx = ctx;
    this.#parts = pickerParts(host);
    this.#paper = this.#parts.canvas.getContext("2d");
    this.#repaint = inNextFrame(() => this.#paint(), ctx.signal);
    this.#listenToGrid();
    this.#listenToControls();
    this.#follow();
    watchSize([this.#parts.cells], () => this.#resize(), ctx.signal);
    ctx.signal.addEventListener("abort", () => {
      hoverHead(ctx.state, null);
      this.#parts.root.remove();
    });
  }

  #listenToGrid(): void {
    const { grid, scroll } = this.#parts;
    const { state, signal } = this.#ctx;
    listen(grid, signal, {
      pointermove: (event) => hoverHead(state, this.#headUnder(event)),
      pointerleave: () => hoverHead(state, null),
      click: (event) => this.#click(event),
      keydown: (event) => this.#key(event),
      focus: this.#repaint,
      blur: () => {
        hoverHead(state, null);
        this.#repaint();
      },
    });
    listen(scroll, signal, { scroll: this.#repaint }, { passive: true });
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
      const { layers, heads, attention_note } = state.content.value;
      this.#parts.show(layers > 0, attention_note ?? "This model has no attention to show.");
      this.#parts.active.size(layers, heads + 1);
      this.#cursor = inside(this.#cursor, { rows: layers, columns: heads + 1 });
      untracked(() => {
        this.#shade = null;
        if (layers > 0) this.#show({ steps: [], given: null, trouble: null });
        this.#resize();
        if (layers > 0) this.#describe(false);
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
    const pick = (head: Head, event: MouseEvent) => this.#pick(head, adds(event));
    if (fed.given) showTop(top, content, fed.given, (head) => hoverHead(state, head), pick);
    this.#updateTexts();
  }

  #valueOf([layer, head]: Head): number {
    const shares = this.#fed.given?.shares;
    return head < 0 ? Number.NaN : (shares?.[layer * this.#geometry.heads + head] ?? Number.NaN);
  }

  /** The head with the cursor; head −1 for a layer number. */
  #current(): Head {
    return [this.#cursor.row, this.#cursor.column - 1];
  }

  #paint(): void {
    const { canvas, grid, scroll } = this.#parts;
    const { state, theme } = this.#ctx;
    if (!this.#paper || canvas.width === 0) return;
    const picture = {
      values: this.#shade?.values ?? null,
      layer: state.layer.peek(),
      chosen: state.heads.peek(),
      hovered: state.hoveredHead.peek(),
      focused: grid.matches(":focus-visible") ? this.#current() : null,
      left: scroll.scrollLeft,
    };
    const ramp = sequential(theme.peek(), "blue");
    paintPicker(this.#paper, this.#geometry, picture, paletteOf(this.#host), ramp, devicePixelRatio);
  }

  #resize(): void {
    const { layers, heads } = this.#ctx.state.content.peek();
    const { cells, canvas } = this.#parts;
    if (layers === 0 || cells.clientWidth === 0) return;
    const g = geometry(layers, heads, cells.clientWidth - besideCells);
    this.#geometry = g;
    sizeCanvas(canvas, g.gutter + g.across * heads, g.top + g.down * layers + 2);
    this.#paint();
  }

  #updateTexts(): void {
    const head = this.#ctx.state.hoveredHead.peek();
    this.#parts.hover.textContent = hoverText(head, head ? this.#valueOf(head) : Number.NaN);
    this.#parts.range(this.#shade, sequential(this.#ctx.theme.peek(), "blue"));
    this.#repaint();
  }

  #headUnder(event: MouseEvent): Head | null {
    const { canvas, scroll } = this.#parts;
    return hit(this.#geometry, ...pointIn(canvas, event), scroll.scrollLeft);
  }

  #pick(head: Head, adding: boolean): void {
    this.#ctx.announce(pickHead(this.#ctx.state, head, adding));
    this.#describe(false);
  }

  #click(event: MouseEvent): void {
    const head = this.#headUnder(event);
    if (!head) return;
    this.#cursor = { row: head[0], column: head[1] + 1 };
    this.#pick(head, adds(event));
  }

  #key(event: KeyboardEvent): void {
    if ((event.key === " " || event.key === "Enter") && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.#pick(this.#current(), event.key === " " || event.shiftKey);
      return;
    }
    const { layers, heads } = this.#geometry;
    const to = move(this.#cursor, event, { rows: layers, columns: heads + 1, page: 8 });
    if (!to) return;
    event.preventDefault();
    this.#cursor = to;
    hoverHead(this.#ctx.state, this.#current());
    this.#describe(true);
    this.#repaint();
  }

  /** Describe the cell with the cursor for screen readers; `reveal` scrolls it into view. */
  #describe(reveal: boolean): void {
    const head = this.#current();
    const [layer, number] = head;
    const g = this.#geometry;
    const element = this.#parts.active.show({
      row: layer + 1,
      column: number + 2,
      label: cellLabel(head, this.#valueOf(head)),
      selected: isChosen(this.#ctx.state, head),
    });
    Object.assign(element.style, {
      width: `${number < 0 ? g.gutter : g.across}px`,
      height: `${g.down}px`,
      left: `${number < 0 ? 0 : g.gutter + number * g.across}px`,
      top: `${g.top + layer * g.down}px`,
    });
    if (reveal) element.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  }
}
