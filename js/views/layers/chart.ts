/** The lines below the table: p of what was said and of its rivals, layer by layer. */
import type { ViewContext } from "../../context";
import { h, setAttributes, watchSize, writeText } from "../../dom";
import { chance } from "../../draw/numerals";
import { leadText } from "../../panels/layers/rows";
import { withTerms } from "../../panels/terms";
import type { Alternative, Content } from "../../session/content";
import type { Foil } from "../../session/foil";
import type { StepLens } from "../../session/lens";
import { named } from "../../state/names";
import { foilOf, targetSteps } from "../../state/selectors";
import { unitsOf } from "../../state/units";
import { linesOf, numbered } from "./lines";

/** Rivals drawn. */
const most = 4;
/** Milliseconds for which a word must be explained before its rivals are read. */
const rest = 250;
/** Pixels; the width while it is not laid out. */
const [usual, height, edge] = [600, 110, 26] as const;

/** The likeliest alternatives of a step, and its foil in the place of the last. */
export function rivalsOf({ steps }: Content, step: number, foil: Foil | null): readonly Alternative[] {
  const others = (steps.alternatives[step] ?? []).slice(0, most);
  const [id, more] = foil?.ids ?? [];
  if (!foil || id === undefined || more !== undefined || others.some((other) => other[2] === id))
    return others;
  return [...others.slice(0, most - 1), [foil.text, Number.NaN, id]];
}

export function mountChart(
  host: HTMLElement,
  { state, session, effect, after, run, open, signal }: ViewContext,
): void {
  const title = h("p");
  const picture = svg("svg", { "aria-hidden": "true" });
  const legend = h("ul", { "aria-label": "Probability in the last layer" });
  const root = h("div", { class: "chart", hidden: true }, title, picture, legend);
  host.append(root);
  let drawn: readonly [StepLens, readonly string[]] | null = null;
  let width = 0;
  // As wide as it stands, so that its letters have their size.
  const redraw = () => {
    if (!drawn) return;
    width = root.clientWidth || usual;
    draw(picture, legend, width, ...drawn);
  };
  watchSize([root], () => root.clientWidth !== width && redraw(), signal);
  effect(() => {
    const content = state.content.value;
    const [step] = targetSteps(state);
    if (step === undefined || !content.lens) root.hidden = true;
    if (!open.value || !content.lens || step === undefined) return;
    const rivals = rivalsOf(content, step, foilOf(state, [step]));
    let outdated = false;
    const read = async () => {
      const ids = rivals.map(([, , id]) => id);
      const [lens] = (await run((options) => session.lens([step], options, ids), "rivals")) ?? [];
      if (!lens || outdated) return;
      const units = unitsOf(content);
      const said = units.text(units.of(content.steps.first + step));
      root.hidden = false;
      const text = [" and of its rivals, layer by layer · it ", leadText(lens)];
      writeText(title, ["p of ", { strong: named(said) }, ...withTerms(text)]);
      drawn = [lens, [said, ...rivals.map((rival) => rival[0])]];
      redraw();
    };
    const stop = after(rest, read);
    return () => {
      outdated = true;
      stop();
    };
  });
}

function draw(
  picture: Element,
  legend: HTMLElement,
  width: number,
  lens: StepLens,
  words: readonly string[],
): void {
  setAttributes(picture, { viewBox: `0 0 ${width} ${height}` });
  const layers = lens.said.length;
  const last = Math.max(1, layers - 1);
  const lines = linesOf(lens, words.map(named));
  const x = (layer: number) => edge + (layer / last) * (width - edge - 8);
  const y = (v: number) => 6 + (1 - v) * (height - 24);
  const label = (at: number, below: number, text: string) => {
    const element = svg("text", { x: at, y: below, "text-anchor": "middle" });
    element.textContent = text;
    return element;
  };
  const line = (word: number, points: readonly string[]) =>
    svg("polyline", { class: `line w${word}`, points: points.join(" ") });
  picture.replaceChildren(
    ...[0, 1].flatMap((v) => [line(9, [`${edge},${y(v)}`, `${width},${y(v)}`]), label(12, y(v) + 4, `${v}`)]),
    ...numbered(layers).map((layer) => label(x(layer), height - 3, `${layer + 1}`)),
    ...lines
      .map(({ p }, word) =>
        line(
          word,
          p.map((v, layer) => `${x(layer).toFixed(1)},${y(v).toFixed(1)}`),
        ),
      )
      .reverse(),
  );
  legend.replaceChildren(
    ...lines.map(({ name, p }, word) => {
      const key = svg("svg", { viewBox: "0 0 18 8", width: 18, height: 8, "aria-hidden": "true" });
      key.append(line(word, ["0,4", "18,4"]));
      const number = h("span", { class: "num" }, chance(p.at(-1) ?? Number.NaN));
      return h("li", {}, key, h("bdi", {}, name), number);
    }),
  );
}

function svg(tag: string, attributes: Record<string, string | number>): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  setAttributes(element, attributes);
  return element;
}
