/** Heads at a glance: a small picture of what every head read, from which one is chosen and enlarged in the matrix. */
import { computed, untracked } from "@preact/signals-core";
import { ActiveCell } from "../../a11y/active-cell";
import { inside, move } from "../../a11y/grid";
import type { Part, ViewContext } from "../../context";
import { h, inNextFrame, listen, pointIn, sizeCanvas, watchSize, writeText } from "../../dom";
import { numeral } from "../../draw/numerals";
import { paletteOf } from "../../draw/palette";
import { sequential } from "../../draw/ramp";
import { segmented } from "../../panels/toolbar/controls";
import type { Glance, Head } from "../../session/heads";
import { chooseAll, headName, hoverHead, isChosen, pickHead } from "../../state/heads";
import tableStyles from "../table.css";
import { enlargedHead, partOf, rowsOf } from "./chosen";
import { figure } from "./figure";
import styles from "./heads.css";
import { headMap } from "./map";
import { paintHeads, paintPictures } from "./paint";
import { corner, extent, headAt, type Plan, planOf } from "./plan";

/** Of an exported page: why there is no other part of the attention to choose. */
const onlyAnswer = "This page carries what the answer read; what other tokens read needs the model.";

export const heads: Part<ViewContext> = { styles: tableStyles + styles, mount, figure };

function mount(host: HTMLElement, ctx: ViewContext): void {
  const { state, session, signal, effect, run, open } = ctx;
  const caption = h("p", { class: "top" });
  const canvas = h("canvas", { "aria-hidden": "true", width: 0 });
  const grid = h("div", { role: "grid", tabindex: 0, "aria-label": "Pictures of all heads" }, canvas);
  const active = new ActiveCell(grid);
  const scroll = h("div", { class: "scroll" }, grid);
  const parts = segmented("Attention of", (part) => {
    state.options.value = { ...state.options.peek(), part };
  });
  const choice = h("p", { class: "parts" }, "Attention of", parts.element);
  const map = headMap(ctx, () => {
    enlarge(null);
    chooseAll(state);
  });
  const section = { class: "aw-heads aw-table", "aria-label": "Heads" };
  const root = h("section", section, choice, caption, scroll, map.element);
  host.append(root);
  const paper = canvas.getContext("2d");
  let plan: Plan | null = null;
  let glance: Glance | null = null;
  /** The size of the pictures that were asked for. */
  let asked = "";
  let cursor = { row: 0, column: 0 };
  const part = () => untracked(() => partOf(state));
  const enlarge = (enlarged: Head | null) => {
    state.options.value = { ...state.options.peek(), enlarged };
  };
  /** Show the pictures of all heads, or the enlarged one. */
  function update(): void {
    const now = part();
    const big = untracked(() => enlargedHead(state));
    if (big) scroll.hidden = true;
    else say();
    caption.hidden = big !== null;
    if (!now || !big) map.hide();
    else void map.show(now, big, root.clientWidth - 40);
    if (!big) resize();
  }

  const still = h("canvas", { width: 0 });
  const repaint = inNextFrame(() => {
    if (!paper || !plan) return;
    const picture = { plan, still, hovered: state.hoveredHead.peek(), chosen: state.heads.peek() };
    paintHeads(paper, picture, paletteOf(host), devicePixelRatio);
  }, signal);
  /** Paint the pictures anew, when they are other ones or have other colours. */
  function draw(): void {
    const sheet = still.getContext("2d");
    if (!sheet || !plan) return;
    sizeCanvas(still, ...extent(plan));
    const { table } = sequential(ctx.theme.peek(), "blue");
    paintPictures(sheet, plan, glance, paletteOf(host), table, devicePixelRatio);
    repaint();
  }

  function resize(): void {
    const content = state.content.peek();
    if (content.layers === 0 || content.steps.count === 0 || scroll.clientWidth === 0) return;
    const now = part();
    const size = [now?.layers ?? content.layers, now?.heads ?? content.heads] as const;
    const extents = now ? [now.rows, now.columns].map(([start, end]) => end - start) : [];
    const [rows = content.steps.count, cols = content.inputs] = extents;
    plan = planOf(scroll.clientWidth, size, [rows, cols], devicePixelRatio);
    active.size(...size);
    sizeCanvas(canvas, ...extent(plan));
    draw();
    if (open.peek()) void read(plan);
  }

  async function read({ rows, cols }: Plan): Promise<void> {
    const now = part();
    const name = now && now.name !== "answer" ? now.name : undefined;
    const key = `${name} ${rows} ${cols}`;
    if (asked === key) return;
    asked = key;
    const found = await run((options) => session.glance(rows, cols, options, name), "heads view");
    if (asked !== key) return;
    if (found) glance = found;
    else asked = "";
    say();
    draw();
  }

  function say(): void {
    const content = state.content.peek();
    const { layers, steps, attention_note } = content;
    const none = layers === 0 ? (attention_note ?? "This model shows no attention.") : "";
    const nothing = steps.count === 0 ? "Nothing was written, so there is nothing to show." : "";
    scroll.hidden = Boolean(none || nothing);
    const only = session.figure ? "" : ` ${onlyAnswer}`;
    const most = glance && (glance.high < 0.9995 ? `${numeral(glance.high)} and more` : "1, all of it");
    const scale = most ? ` The strongest blue is ${most}.` : "";
    writeText(caption, [
      none ||
        nothing ||
        `Each picture is one head: a row for each ${rowsOf(part(), content)}, from left to right what it read.${scale} Click enlarges.${only}`,
    ]);
  }

  function choose(at: Head): void {
    const now = part();
    if (now && now.name !== "answer") {
      if (now.name === "encoder") enlarge(at);
      else if (!isChosen(state, at) || state.heads.peek().length > 1)
        ctx.announce(pickHead(state, at, false));
      return;
    }
    const chosen = isChosen(state, at) && state.heads.peek().length === 1;
    if (!chosen) ctx.announce(pickHead(state, at, false));
    state.view.value = "matrix";
  }

  /** Describe the picture with the cursor for screen readers; `reveal` scrolls to it. */
  function describe(reveal: boolean): void {
    if (!plan) return;
    const at: Head = [cursor.row, cursor.column];
    const cell = { row: at[0] + 1, column: at[1] + 1, label: headName(at), selected: isChosen(state, at) };
    const element = active.show(cell);
    const [left, top] = corner(plan, at);
    const box = { left, top, width: plan.width, height: plan.height };
    for (const [name, value] of Object.entries(box)) element.style.setProperty(name, `${value}px`);
    if (reveal) element.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  }

  const under = (event: MouseEvent) => plan && headAt(plan, ...pointIn(canvas, event));
  listen(grid, signal, {
    pointermove: (event) => hoverHead(state, under(event)),
    pointerleave: () => hoverHead(state, null),
    blur: () => hoverHead(state, null),
    focus: () => describe(false),
    click: (event) => {
      const at = under(event);
      if (at) choose(at);
    },
    keydown: (event) => {
      const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
      const to = plan && move(cursor, event, { rows: plan.layers, columns: plan.heads, page: 8 });
      if (plain && (event.key === " " || event.key === "Enter")) choose([cursor.row, cursor.column]);
      else if (!to) return;
      else {
        cursor = to;
        hoverHead(state, [to.row, to.column]);
        describe(true);
      }
      event.preventDefault();
    },
  });
  effect(() => {
    const { layers, heads } = state.content.value;
    active.size(layers, heads);
    cursor = inside(cursor, { rows: layers, columns: heads });
    [plan, glance, asked] = [null, null, ""];
    untracked(say);
  });
  effect(() => {
    const { parts: all = [] } = state.content.value;
    choice.hidden = all.length < 2;
    void state.options.value.part;
    untracked(() => {
      parts.show(
        all.map(({ name, title }) => ({ value: name, text: title })),
        part()?.name ?? "",
      );
      [glance, asked] = [null, ""];
      if (open.peek()) update();
    });
  });
  const big = computed(() => String(enlargedHead(state)));
  effect(() => {
    void big.value;
    if (open.peek()) untracked(update);
  });
  effect(() => {
    void state.content.value;
    if (open.value) untracked(update);
  });
  effect(() => {
    void ctx.theme.value;
    draw();
    map.repaint();
  });
  effect(() => {
    void [state.heads.value, state.hoveredHead.value];
    repaint();
  });
  watchSize([scroll], resize, signal);
  signal.addEventListener("abort", () => {
    hoverHead(state, null);
    root.remove();
  });
}
