/** All methods by the question they answer, each with what it takes and one line; those of other tools are folded. */
import type { Context, Part } from "../../context";
import { h } from "../../dom";
import type { MethodInfo } from "../../session/scores";
import { methodOf } from "../../state/selectors";
import { costText, headingOf, order } from "./headings";
import styles from "./panels.css";

export const methods: Part = { styles, mount: (host, ctx) => host.append(methodsPanel(ctx)) };

/** The tool of a method that another library computes, as in "captum:lime". */
const toolOf = ({ name }: MethodInfo): string => (name.includes(":") ? (name.split(":")[0] ?? "") : "");

/** The panel: it follows the methods and the one that is shown until the display ends. */
export function methodsPanel({ state, effect }: Context): HTMLElement {
  const choose = (name: string) => {
    state.method.value = name;
  };
  const groups = h("div", { class: "groups" });
  const others = h("div", { class: "tools" });
  const fold = h("details", {}, h("summary", {}, "Run by other tools"), others);
  effect(() => {
    const { methods } = state.content.value;
    const own = methods.filter((one) => !toolOf(one));
    const used = order.filter((question) => own.some((one) => (one.question ?? "") === question));
    groups.replaceChildren(
      ...used.map((question) => {
        const [heading, plainly] = headingOf(question);
        const members = own.filter((one) => (one.question ?? "") === question);
        return h(
          "section",
          { "aria-label": heading },
          h("h3", {}, heading),
          h("p", {}, plainly),
          ...members.map((one) => entry(one, choose)),
        );
      }),
    );
    const foreign = methods.filter((one) => toolOf(one));
    fold.hidden = foreign.length === 0;
    others.replaceChildren(...foreign.map((one) => entry(one, choose)));
  });
  const panel = h("div", { class: "methods" }, groups, fold);
  effect(() => {
    const chosen = methodOf(state)?.name;
    void state.content.value;
    for (const button of panel.querySelectorAll<HTMLElement>("button"))
      button.setAttribute("aria-pressed", String(button.dataset.value === chosen));
  });
  return panel;
}

function entry(
  { name, title, description, seconds }: MethodInfo,
  choose: (name: string) => void,
): HTMLElement {
  return h(
    "button",
    { type: "button", class: "entry", "data-value": name, onclick: () => choose(name) },
    h("b", {}, title),
    h("span", { class: "cost" }, costText(seconds)),
    h("small", {}, description),
  );
}
