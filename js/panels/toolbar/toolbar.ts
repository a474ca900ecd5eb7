/** The bar on top: method, view, and panels that open below it. */

import type { Panels } from "../../a11y/keys";
import { h, icon, uniqueId } from "../../dom";
import { scoreTable } from "../../scores/table";
import { methodOf, selection, targetSteps, type ViewContext } from "../../state/selectors";
import type { View } from "../../state/state";
import { segmented } from "./controls";
import { helpPanel } from "./help";
import { moreList } from "./more";
import { optionsPanel } from "./options";

const methodsInBar = 4;

const icons = {
  options: "M2 4.5h6M12 4.5h2M2 11.5h2M8 11.5h6M10 2.5v4M6 9.5v4",
  copy: "M5.5 5.5h8v8h-8zM3 10.5H2.5v-8h8V3",
  help: "M5.7 6a2.3 2.3 0 1 1 3.4 2c-.8.4-1.1.9-1.1 1.8M8 12.6v.1M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 0 1 0-13z",
};

export function mountToolbar(host: HTMLElement, ctx: ViewContext): Panels {
  const { state } = ctx;
  const chooseMethod = (name: string) => {
    state.method.value = name;
  };
  const methods = segmented("Method", chooseMethod);
  const more = moreList("More methods", chooseMethod);
  const views = segmented("View", (view) => {
    state.view.value = view as View;
  });
  const panel = h("div", { class: "panel", id: uniqueId("panel"), hidden: true });
  const opened = new Map<HTMLElement, HTMLElement>();
  let open: HTMLElement | null = null;

  function show(button: HTMLElement | null, content?: HTMLElement): void {
    open?.setAttribute("aria-expanded", "false");
    open = button;
    open?.setAttribute("aria-expanded", "true");
    panel.hidden = !button;
    panel.replaceChildren(...(content ? [content] : []));
  }
  function opener(label: string, path: string, make: () => HTMLElement): HTMLButtonElement {
    const button = h(
      "button",
      {
        type: "button",
        class: "ico",
        title: label,
        "aria-label": label,
        "aria-expanded": "false",
        "aria-controls": panel.id,
        onclick: () => {
          if (open === button) return show(null);
          const content = opened.get(button) ?? make();
          opened.set(button, content);
          show(button, content);
        },
      },
      icon(path),
    );
    return button;
  }

  const options = opener("Options", icons.options, () => optionsPanel(ctx));
  const help = opener("Help", icons.help, helpPanel);
  const copy = h(
    "button",
    {
      type: "button",
      class: "ico",
      title: "Copy as table",
      "aria-label": "Copy as table",
      onclick: copyTable,
    },
    icon(icons.copy),
  );

  async function copyTable(): Promise<void> {
    const content = state.content.peek();
    const held = targetSteps(state);
    const all = state.view.peek() === "matrix" || held.length === 0;
    const steps = all ? Array.from({ length: content.steps.count }, (_, s) => s) : held;
    const chosen = selection(state, steps);
    const scores = await ctx.run((o) => ctx.session.scores(chosen, steps, o), "copy");
    if (!scores || ctx.signal.aborted) return;
    const table = scoreTable(content, steps, scores);
    try {
      await navigator.clipboard.writeText(table);
      copy.classList.add("done");
      setTimeout(() => copy.classList.remove("done"), 1200);
      ctx.announce("Copied as a table.");
    } catch {
      const area = h("textarea", { readonly: true, rows: 8, "aria-label": "The table" });
      area.value = table;
      show(
        copy,
        h(
          "div",
          { class: "copied" },
          h("p", {}, "The browser keeps its clipboard closed here. Copy the table from this box:"),
          area,
        ),
      );
      area.focus();
      area.select();
    }
  }

  host.append(
    h(
      "div",
      { class: "bar" },
      methods.element,
      more.element,
      h("span", { class: "grow" }),
      views.element,
      h("div", { class: "icons" }, options, copy, help),
    ),
    panel,
  );
  ctx.effect(() => {
    const choices = state.content.value.methods.map((m) => ({
      value: m.name,
      text: m.title,
      title: m.description,
    }));
    const chosen = methodOf(state)?.name ?? "";
    methods.show(choices.slice(0, methodsInBar), chosen);
    more.show(choices.slice(methodsInBar), chosen);
  });
  ctx.effect(() => {
    views.show(
      [
        { value: "text", text: "Text" },
        { value: "matrix", text: "Matrix" },
      ],
      state.view.value,
    );
  });
  return {
    close() {
      if (!open) return false;
      open.focus();
      show(null);
      return true;
    },
    help: () => help.click(),
  };
}
