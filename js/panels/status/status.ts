/** Work under way with a way out of it, errors with a way back, and notes for the reader. */

import { h } from "../../dom";
import type { ViewContext } from "../../state/selectors";
import type { Runner } from "../../state/tasks";

export function mountStatus(host: HTMLElement, ctx: ViewContext, runner: Runner): void {
  ctx.effect(() => {
    const status = runner.status.value;
    if (status.kind === "idle") {
      host.replaceChildren();
      return;
    }
    if (status.kind === "working") {
      const known = status.total > 0;
      const bar = h("div", {
        class: known ? "progress" : "progress unknown",
        role: "progressbar",
        "aria-label": "Computing",
        ...(known ? { "aria-valuemin": 0, "aria-valuemax": status.total, "aria-valuenow": status.done } : {}),
      });
      const done = known ? Math.min(1, status.done / status.total) : 0;
      bar.style.setProperty("--done", `${100 * done}%`);
      const words = known ? `Computing, ${Math.round(100 * done)} %` : "Computing…";
      const button = h("button", { type: "button", class: "act", onclick: () => runner.cancel() }, "Cancel");
      host.replaceChildren(bar, h("div", { class: "pill" }, h("span", {}, words), button));
      return;
    }
    const words = status.kind === "failed" ? status.message : "Stopped before it was done.";
    const retry = h("button", { type: "button", class: "act", onclick: () => runner.retry() }, "Retry");
    host.replaceChildren(
      h(
        "div",
        { class: `trouble ${status.kind}`, role: status.kind === "failed" ? "alert" : "status" },
        h("span", {}, words),
        retry,
      ),
    );
  });
}

export function mountNotes(host: HTMLElement, ctx: ViewContext, more: readonly string[]): void {
  const list = h("ul", { class: "notes" });
  host.append(list);
  ctx.effect(() => {
    const notes = [...ctx.state.content.value.warnings, ...more];
    list.hidden = notes.length === 0;
    list.replaceChildren(...notes.map((note) => h("li", {}, note)));
  });
}
