/** The figure of the view on show. */
import type { Context } from "../../context";
import type { Theme } from "../../draw/color";
import type { Palette } from "../../draw/palette";
import type { FileForm } from "../../session/figure";
import { restingSteps } from "../../state/selectors";
import { views } from "../../views";
import { inksOf } from "./colors";
import { paintMarks } from "./drawn";
import { fonts, type Look, layOut, widths } from "./layout";
import { type Picture, pictureOf } from "./picture";
import { type Sheet, sheetOf } from "./sheet";

/** Views draw in so many pixels for one of the file: their letters are made for screens. */
const zoom = 1.5;

/** What is held or previewed, as text. Throws an Error with one sentence. */
export function shownText(ctx: Context): Picture {
  const picture = pictureOf(ctx);
  if (!picture) throw new Error("The scores are still being computed: wait a moment.");
  return picture;
}

/** Why a view has no figure. */
export const alone = (title: string): string =>
  `${title} has no figure of its own: save one of each text in the view Text, and set them side by side.`;

/** The name of the view on show. */
export const viewOf = ({ state }: Pick<Context, "state">) =>
  views.find(({ id }) => id === state.view.value) ?? (views[0] as (typeof views)[number]);

/** Lay out in `host`, which must be in the page; undefined where the work was cancelled. */
export async function figureOf(ctx: Context, look: Look, host: HTMLElement): Promise<Sheet | undefined> {
  const view = viewOf(ctx);
  if (view.id === "text") return textSheet(ctx, look, host);
  const { figure } = await view.load();
  if (!figure) throw new Error(alone(view.title));
  const wide = { ...paletteOf(look.theme), ...look, host, width: widths[look.columns] * zoom };
  const made = await figure(ctx, wide);
  return made && sheetOf(made, wide, zoom, look.caption);
}

/** Have Python make the file; undefined where the work was cancelled. Throws an Error with Python's sentence. */
export async function fileOf({ state, session, run }: Context, form: FileForm, look: Look) {
  const { foil, method, layer, heads, view, options } = state;
  const shown = { foil: foil.peek(), method: method.peek(), layer: layer.peek(), heads: heads.peek() };
  // The matrix frames what is held, and explains nothing else.
  const held = view.peek() === "matrix" ? state.held.peek() : restingSteps(state);
  const traits = { ...shown, held, view: view.peek(), options: options.peek() };
  const made = await run(async (request) => {
    try {
      return await session.figure?.(form, { ...look, state: traits }, request);
    } catch (error) {
      if (request.signal?.aborted) throw error;
      return error instanceof Error ? error : new Error(String(error));
    }
  }, "file");
  if (made instanceof Error) throw made;
  return made;
}

function textSheet(ctx: Context, look: Look, host: HTMLElement): Sheet {
  const picture = shownText(ctx);
  const { height, tints, marks } = layOut(picture, look, host);
  return {
    width: widths[look.columns],
    height,
    ground: `#${inksOf(look.theme).ground}`,
    zoom: 1,
    top: 0,
    label: picture.caption.slice(0, 2).join(" · "),
    paint: (c) => paintMarks(c, [...tints, ...marks]),
  };
}

/** The colours of paper. */
function paletteOf(theme: Theme): Palette {
  const inks = inksOf(theme);
  const dark = theme === "dark";
  return {
    ink: `#${inks.ink}`,
    soft: `#${inks.soft}`,
    accent: `#${inks.said}`,
    accentGround: dark ? "#3b1226" : "#fff0f6",
    violet: dark ? "#9d7bff" : "#7c5cd6",
    found: dark ? "#f0c36d" : "#8a5300",
    ground: `#${inks.ground}`,
    panel: dark ? "#1d1f23" : "#f4f5f8",
    sans: fonts,
    mono: fonts,
  };
}
