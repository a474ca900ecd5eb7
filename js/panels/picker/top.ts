/** The heads that gave most, as buttons beside the cells. */
import { h } from "../../dom";
import { numeral } from "../../draw/numerals";
import type { Content } from "../../session/content";
import type { Head, HeadShares } from "../../session/heads";
import { headName, shortName } from "../../state/heads";
import { readText } from "./text";

/** Fill `list` with the top heads of `given`; pointing at one calls `point`, a click `pick`. */
export function showTop(
  list: HTMLElement,
  content: Content,
  given: HeadShares | null,
  point: (head: Head | null) => void,
  pick: (head: Head, event: MouseEvent) => void,
): void {
  list.replaceChildren(
    ...(given?.top ?? []).map(([layer, number, share, inputs]) => {
      const head: Head = [layer, number];
      const read = readText(content, inputs);
      const button = h(
        "button",
        {
          type: "button",
          title: `${headName(head)}: ${numeral(share)} of what all heads gave${read ? `; it reads ${read} most` : ""}`,
          onclick: (event: MouseEvent) => pick(head, event),
          onpointerenter: () => point(head),
          onpointerleave: () => point(null),
        },
        h("b", {}, shortName(head)),
        " ",
        h("span", { class: "num" }, numeral(share)),
        h("small", { dir: "auto" }, read),
      );
      return h("li", {}, button);
    }),
  );
}
