/** Progress with a cancel button, errors with a retry button, and notes for the reader. */
import type { ReadonlySignal } from "@preact/signals-core";
import type { Context } from "../../context";
import { h } from "../../dom";
import type { Status, Tasks } from "../../state/tasks";
import styles from "./status.css";

export const status = { styles, mount, mountNotes };

const button = (text: string, onclick: () => void) =>
  h("button", { type: "button", class: "act", onclick }, text);

function mount(host: HTMLElement, ctx: Context, tasks: Tasks): void {
  ctx.effect(() => {
    const now = tasks.status.value;
    if (now.kind === "idle") host.replaceChildren();
    else if (now.kind === "working") host.replaceChildren(...progress(now, tasks));
    else host.replaceChildren(trouble(now, tasks));
  });
}

function progress({ done, total }: Extract<Status, { kind: "working" }>, tasks: Tasks): HTMLElement[] {
  const known = total > 0;
  const share = known ? Math.min(1, done / total) : 0;
  const bar = h("div", {
    class: known ? "progress" : "progress unknown",
    role: "progressbar",
    "aria-label": "Computing",
    ...(known ? { "aria-valuemin": 0, "aria-valuemax": total, "aria-valuenow": done } : {}),
  });
  bar.style.setProperty("--done", `${100 * share}%`);
  const words = known ? `Computing, ${Math.round(100 * share)} %` : "Computing…";
  const cancel = button("Cancel", () => tasks.cancel());
  return [bar, h("div", { class: "pill" }, h("span", {}, words), cancel)];
}

function trouble(now: Extract<Status, { kind: "stopped" | "failed" }>, tasks: Tasks): HTMLElement {
  const failed = now.kind === "failed";
  return h(
    "div",
    { class: `trouble ${now.kind}`, role: failed ? "alert" : "status" },
    h("span", {}, failed ? now.message : "Stopped before it was done."),
    button("Retry", () => tasks.retry()),
  );
}

/** Notes of the explanation, and `more`; after them, `trouble` that came up later. */
function mountNotes(
  host: HTMLElement,
  ctx: Context,
  more: readonly string[],
  trouble?: ReadonlySignal<string | null>,
): void {
  const list = h("ul", { class: "notes" });
  host.append(list);
  ctx.effect(() => {
    const now = trouble?.value;
    const notes = [...ctx.state.content.value.warnings, ...more, ...(now ? [now] : [])];
    list.hidden = notes.length === 0;
    list.replaceChildren(...notes.map((note) => h("li", {}, note)));
    if (now) ctx.announce(now);
  });
}
