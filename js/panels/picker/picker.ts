/** The layers × heads panel: shaded by what each head does for the words held; hover previews, click chooses. */
import { batch, untracked } from "@preact/signals-core";
import { inside, move } from "../../a11y/grid";
import { sequential } from "../../draw/ramp";
import { greatest } from "../../scores/combine";
import type { Head, HeadRule } from "../../session/session";
import type { ViewContext } from "../../state/selectors";
import { type Geometry, geometry, hit, paintPicker } from "./paint";
import { describeCell, pickerParts, write } from "./parts";
import css from "./picker.css";
import { chosen, pickHead, shade } from "./shade";
import { cellSays, heldSays, peekSays } from "./text";

export const pickerStyles = css;

export function mountPicker(host: HTMLElement, ctx: ViewContext): void {
  const { state, signal } = ctx;
  const parts = pickerParts(host);
  const { grid, canvas } = parts;
  const paper = canvas.getContext("2d");
  let g: Geometry = geometry(1, 1, 0);
  let values: Float32Array | null = null;
  let cursor = { row: 0, column: 1 };
  let frame = 0;

  const value = ([layer, head]: Head): number =>
    head < 0 ? Number.NaN : (values?.[layer * g.heads + head] ?? Number.NaN);
  const pointed = (): Head => [cursor.row, cursor.column - 1];

  function paint(): void {
    frame = 0;
    if (!paper || canvas.width === 0) return;
    const style = getComputedStyle(host);
    const color = (name: string, fallback: string) => style.getPropertyValue(name).trim() || fallback;
    const focused = grid.matches(":focus-visible");
    paintPicker(
      paper,
      g,
      {
        values,
        high: values ? greatest(values) : 0,
        layer: state.layer.peek(),
        chosen: state.heads.peek(),
        peek: state.hoveredHead.peek(),
        ring: focused ? pointed() : null,
        left: parts.scroll.scrollLeft,
      },
      {
        ramp: sequential(ctx.theme.peek(), "blue"),
        ink: color("--aw-ink", "#1f2430"),
        soft: color("--aw-soft", "#667085"),
        accent: color("--aw-accent", "#c2255c"),
        ground: color("--aw-panel", "#f9fafb"),
        font: "ui-monospace, monospace",
      },
      devicePixelRatio,
    );
  }
  const repaint = (): void => {
    frame ||= requestAnimationFrame(paint);
  };

  function resize(): void {
    const { layers, heads } = state.content.peek();
    if (layers === 0 || parts.scroll.clientWidth === 0) return;
    g = geometry(layers, heads, parts.scroll.clientWidth - 6);
    const [width, height] = [g.gutter + g.across * heads, g.down * layers + 2];
    canvas.width = Math.round(width * devicePixelRatio);
    canvas.height = Math.round(height * devicePixelRatio);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    paint();
  }

  const place = (reveal: boolean): void => {
    const head = pointed();
    describeCell(parts, g, head, cellSays(head, value(head)), chosen(state, head), reveal);
  };

  function legend(): void {
    const head = state.hoveredHead.peek();
    parts.peek.textContent = peekSays(head, head ? value(head) : Number.NaN);
    parts.range(values ? greatest(values) : null, sequential(ctx.theme.peek(), "blue"));
  }

  const pick = (head: Head, adding: boolean): void => ctx.announce(pickHead(state, head, adding));
  const peek = (head: Head | null): void => {
    const next = head && head[1] >= 0 ? head : null;
    const now = state.hoveredHead.peek();
    if (now?.[0] !== next?.[0] || now?.[1] !== next?.[1]) state.hoveredHead.value = next;
  };
  const under = (event: MouseEvent): Head | null => {
    const box = canvas.getBoundingClientRect();
    const scale = box.width / canvas.clientWidth || 1;
    return hit(
      g,
      (event.clientX - box.left) / scale,
      (event.clientY - box.top) / scale,
      parts.scroll.scrollLeft,
    );
  };

  grid.addEventListener("pointermove", (event) => peek(under(event)), { signal });
  grid.addEventListener("pointerleave", () => peek(null), { signal });
  grid.addEventListener(
    "click",
    (event) => {
      const head = under(event);
      if (!head) return;
      cursor = { row: head[0], column: head[1] + 1 };
      pick(head, event.ctrlKey || event.metaKey || event.shiftKey);
      place(false);
    },
    { signal },
  );
  grid.addEventListener(
    "keydown",
    (event) => {
      if (event.key === " " || event.key === "Enter") {
        event.preventDefault();
        pick(pointed(), event.key === " " || event.ctrlKey || event.metaKey || event.shiftKey);
        place(false);
        return;
      }
      const to = move(cursor, event, { rows: g.layers, columns: g.heads + 1, page: 8 });
      if (!to) return;
      event.preventDefault();
      cursor = to;
      peek(pointed());
      place(true);
      repaint();
    },
    { signal },
  );
  for (const type of ["focus", "blur"]) {
    grid.addEventListener(
      type,
      () => {
        if (type === "blur") peek(null);
        repaint();
      },
      { signal },
    );
  }
  parts.scroll.addEventListener("scroll", repaint, { signal, passive: true });
  parts.rule.addEventListener(
    "change",
    () => {
      state.options.value = { ...state.options.peek(), head_rule: parts.rule.value as HeadRule };
    },
    { signal },
  );
  parts.all.addEventListener(
    "click",
    () => {
      batch(() => {
        state.heads.value = [];
        state.layer.value = null;
      });
      ctx.announce("All heads");
    },
    { signal },
  );

  ctx.effect(() => {
    const { layers, heads, attention_note } = state.content.value;
    parts.show(layers > 0, attention_note ?? "This model has no attention to show.");
    parts.controls.hidden = layers * heads <= 1;
    parts.size.textContent = layers > 0 ? `${layers} × ${heads}` : "";
    grid.setAttribute("aria-rowcount", String(layers));
    grid.setAttribute("aria-colcount", String(heads + 1));
    cursor = inside(cursor, { rows: layers, columns: heads + 1 });
    values = null;
    untracked(() => {
      resize();
      if (layers > 0) place(false);
    });
  });
  shade(ctx, parts.shade, (answer) => {
    values = answer;
    legend();
    repaint();
  });
  ctx.effect(() => {
    const rule = state.options.value.head_rule;
    const { layers, heads } = state.content.value;
    parts.rule.value = rule;
    parts.all.disabled = state.heads.value.length === 0 && state.layer.value === null;
    write(parts.held, heldSays(state.layer.value, state.heads.value, rule, layers * heads));
    void [state.hoveredHead.value, ctx.theme.value];
    legend();
    repaint();
  });
  const observer = new ResizeObserver(resize);
  observer.observe(parts.scroll);
  signal.addEventListener("abort", () => {
    observer.disconnect();
    cancelAnimationFrame(frame);
    peek(null);
    parts.root.remove();
  });
}
