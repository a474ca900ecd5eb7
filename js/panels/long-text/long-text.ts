/** What stands around a long text: the outline beside it, and the line over it. */
import { type Signal, untracked } from "@preact/signals-core";
import type { Searching } from "../../a11y/keys";
import type { Context, Part } from "../../context";
import { h } from "../../dom";
import { isLong } from "../../state/groups";
import { outline } from "../outline/outline";
import { readingLine } from "../reading-line/reading-line";

export interface LongContext extends Context {
  /** The search, once it is there. */
  readonly search: Signal<Searching | null>;
}

export const longText: Part<LongContext> = { styles: outline.styles + readingLine.styles, mount };

/** Fill the outline in `main`, and the line over it. */
function mount(main: HTMLElement, ctx: LongContext): void {
  const { state, effect, search } = ctx;
  const beside = h("div", { class: "outline", hidden: true });
  main.prepend(beside);
  let mounted = false;
  effect(() => {
    const shown = isLong(state.sent.value) && ["text", "flow"].includes(state.view.value);
    beside.hidden = !shown;
    main.classList.toggle("outlined", shown);
    if (!shown || mounted) return;
    mounted = true;
    untracked(() => outline.mount(beside, ctx));
  });
  const line = h("div", { class: "above" });
  main.before(line);
  search.value = readingLine.mount(line, ctx);
}
