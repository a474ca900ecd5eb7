/** What stands around the text on the first screen: it is unpacked once the text is there. */
import { computed, type ReadonlySignal } from "@preact/signals-core";
import { listenForKeys, type Panels, type Searching } from "../a11y/keys";
import type { Context } from "../context";
import { h } from "../dom";
import printed from "../print.css";
import type { Tasks } from "../state/tasks";
import { footer } from "./footer/footer";
import { picker } from "./picker/picker";
import { status } from "./status/status";
import { strip } from "./strip/strip";
import { summary } from "./summary/summary";
import { why } from "./why/why";

export interface AroundContext extends Context {
  readonly tasks: Tasks;
  /** Sentences on what the data does not carry, and why nothing more can be computed now. */
  readonly notes: readonly string[];
  readonly trouble: ReadonlySignal<string | null> | undefined;
  readonly panels: Panels;
  readonly search: Searching;
  /** Over the text, beside it, and below it. */
  readonly places: Readonly<Record<"over" | "side" | "bottom", HTMLElement>>;
}

const parts = [status, footer, strip, why, picker, summary];

export const around = { styles: parts.map(({ styles }) => styles).join("\n"), printed, mount };

function mount(display: HTMLElement, around: AroundContext): void {
  const { tasks, notes, trouble, places, panels, search, ...ctx } = around;
  status.mount(places.over, ctx, tasks);
  strip.mount(places.bottom, ctx, display);
  const failed = computed(() => {
    const now = tasks.status.value;
    return now.kind === "failed" ? now.message : null;
  });
  summary.mount(places.over, ctx, why.mount(places.side, ctx, trouble, failed));
  picker.mount(places.side, ctx);
  mountContext(places.side, ctx);
  status.mountNotes(places.bottom, ctx, notes, trouble);
  footer.mount(places.bottom, ctx);
  listenForKeys(display, ctx, panels, search);
}

/** Unpack the panel that leaves out a context once there is one. */
function mountContext(side: HTMLElement, ctx: Context): void {
  const host = h("div");
  side.append(host);
  let loaded = false;
  ctx.effect(() => {
    if (loaded || ctx.state.content.value.contexts === undefined) return;
    loaded = true;
    void ctx.mountPart(
      import("./context/context").then(({ context }) => context),
      host,
    );
  });
}
