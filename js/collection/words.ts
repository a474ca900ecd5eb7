/** The words that matter most, of all texts or of those with an answer. */
import { h } from "../dom";
import { field } from "./field";
import { percent } from "./rows";

type Word = readonly [word: string, count: number, share: number];
type Found = { readonly words: readonly Word[] } | { readonly error: string } | undefined;

export function wordsOf(
  answers: readonly (readonly [answer: string, count: number])[],
  ask: (answer: string | null) => Promise<Found>,
): HTMLElement {
  const body = h("tbody");
  const choice = h(
    "select",
    { onchange: () => void show() },
    h("option", { value: "" }, "all answers"),
    ...answers.map(([name], k) => h("option", { value: k + 1 }, name)),
  );
  const show = async () => {
    const found = await ask(choice.value ? (answers[Number(choice.value) - 1]?.[0] ?? null) : null);
    if (!found || "error" in found) return;
    const most = Math.max(...found.words.map(([, , share]) => Math.abs(share)));
    body.replaceChildren(
      ...found.words.map(([word, count, share]) => {
        const bar = h("i", { class: share < 0 ? "against" : "" });
        bar.style.width = `${(60 * Math.abs(share)) / most}%`;
        return h(
          "tr",
          {},
          h("th", { scope: "row", dir: "auto" }, word),
          h("td", { class: "num" }, count.toLocaleString("en")),
          h("td", { class: "bar" }, bar, percent(share)),
        );
      }),
    );
  };
  const columns = ["Word", "Times", "Mean share"].map((name) =>
    h("th", { scope: "col", class: name === "Times" && "num" }, name),
  );
  const details = h(
    "details",
    { ontoggle: () => void (details.open && show()) },
    h("summary", {}, "Words that matter most"),
    field("For", choice),
    h("table", {}, h("thead", {}, h("tr", {}, ...columns)), body),
  );
  return details;
}
