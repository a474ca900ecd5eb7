/** Layer by layer: what each layer would have said at the word explained. Read only while it is in view. */
import { computed, signal } from "@preact/signals-core";
import type { Context } from "../../context";
import { h, writeText } from "../../dom";
import { chance } from "../../draw/numerals";
import { sequential } from "../../draw/ramp";
import { named } from "../../state/names";
import { targetSteps } from "../../state/selectors";
import { unitsOf } from "../../state/units";
import { withTerms } from "../terms";
import styles from "./layers.css";
import { leadText, likelyText, listed, rowsOf } from "./rows";

export const layers = { styles, mount };

/** Layers that take longer to read than this, in seconds, wait for a click. */
const atOnce = 1;
/** Milliseconds for which a word must be explained before its layers are read: hover goes first. */
const rest = 500;
/** The height of a row in pixels. */
const line = 21;

function mount(host: HTMLElement, ctx: Context): void {
  const { state, session, effect, later, after, run } = ctx;
  const show = () => {
    state.view.value = "layers";
  };
  const all = h("button", { type: "button", class: "all", onclick: show }, "all layers");
  const open = h("button", { type: "button", onclick: () => (opened.value = true) });
  const said = h("span");
  writeText(said, withTerms(["what it would have said here (logit lens)"]));
  const title = h("div", { class: "title" }, "Layer by layer");
  const size = h("p", { class: "size" }, said);
  const rows = Array.from({ length: listed }, layerRow);
  const list = h("ol", { "aria-label": "What some layers would have said" }, ...rows.map((row) => row.item));
  const lead = h("p");
  // The list looks like that of the Why panel.
  const root = h(
    "section",
    { class: "aw-list aw-layers", "aria-label": "Layer by layer" },
    h("div", { class: "head" }, title, all),
    size,
    list,
    open,
    lead,
  );
  host.append(root);
  const inView = watchView(root, ctx.signal);
  const opened = signal(false);
  const read = signal(0);
  const trouble = signal(false);
  const step = computed(() => targetSteps(state)[0]);

  effect(() => {
    const { lens } = state.content.value;
    trouble.value = false;
    opened.value = (lens?.seconds ?? 0) <= atOnce;
    open.textContent = `Show (about ${Math.round(lens?.seconds ?? 0)} s)`;
  });
  effect(() => {
    void read.value;
    const at = step.value;
    if (!state.content.value.lens || !inView.value || !opened.value || at === undefined) return;
    if (trouble.value || session.knownLens(at)) return;
    return after(rest, async () => {
      const found = await run(
        (options) =>
          session.lens([at], options).catch((error: Error) => {
            // Nobody answers, or the layers turn out not to be readable, which the view says.
            trouble.value = error.name !== "AbortError";
          }),
        "layers",
      );
      // Where nobody answers, it would be asked for again and again.
      if (found) read.value = read.peek() + 1;
    });
  });
  later(() => {
    void read.value;
    const content = state.content.value;
    const at = step.value;
    const known = at === undefined || !content.lens ? null : session.knownLens(at);
    // The view of that name says it all, and more.
    root.hidden = !content.lens || trouble.value || state.view.value === "layers";
    list.style.minHeight = `${line * Math.min(listed, content.lens?.layers ?? listed)}px`;
    open.hidden = opened.value;
    list.hidden = !opened.value;
    // Rows keep their words while the next are read.
    root.classList.toggle("waiting", known === null);
    if (at === undefined) {
      writeText(lead, ["Hold a word to read its layers."]);
      for (const row of rows) row.item.hidden = true;
    }
    if (!known || at === undefined) return;
    const units = unitsOf(content);
    const word = named(units.joined(units.ofSteps([at])));
    const blue = sequential(ctx.theme.value, "blue").css(0.8);
    const chosen = rowsOf(known);
    rows.forEach(({ item, layer, likely, bar, number }, k) => {
      const l = chosen[k] ?? -1;
      item.hidden = l < 0;
      if (l < 0) return;
      const p = known.p[l * known.top] as number;
      const leads = known.rank[l] === 1;
      layer.textContent = String(l + 1);
      likely.textContent = named(known.words[l * known.top] ?? "");
      number.textContent = chance(p);
      bar.style.transform = `scaleX(${p.toFixed(4)})`;
      bar.style.background = leads ? "" : blue;
      item.classList.toggle("said", leads);
      item.title = likelyText(known, l, word);
    });
    writeText(lead, [{ strong: word }, ...withTerms([` ${leadText(known)}`])]);
  });
}

/** True while the element is on the screen. */
function watchView(element: HTMLElement, end: AbortSignal) {
  const seen = signal(false);
  const observer = new IntersectionObserver((entries) => {
    seen.value = entries.at(-1)?.isIntersecting ?? false;
  });
  observer.observe(element);
  end.addEventListener("abort", () => observer.disconnect());
  return seen;
}

/** The elements of one layer, which are kept and written anew. */
function layerRow() {
  const [layer, likely, bar] = [h("span"), h("bdi"), h("i")];
  const number = h("span", { class: "num" });
  const track = h("span", { class: "track", "aria-hidden": "true" }, bar);
  return { layer, likely, bar, number, item: h("li", { hidden: true }, layer, likely, track, number) };
}
