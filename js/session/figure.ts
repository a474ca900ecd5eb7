/** Figures that Python draws for a page. */
import { toBytes } from "./buffers";
import type { RequestOptions, Requests } from "./requests";

/** The forms of a figure that Python makes for a page, which makes SVG and PNG itself. */
export type FileForm = "pdf" | "tex" | "md" | "csv";

export interface FigureArgs {
  readonly columns: 1 | 2;
  readonly theme: "light" | "dark";
  readonly caption: boolean;
  /** The traits that say what is shown. */
  readonly state: object;
}

/** The figure of a state as a file. */
export type DrawFigure = (
  form: FileForm,
  asked: FigureArgs,
  options?: RequestOptions,
) => Promise<Uint8Array<ArrayBuffer>>;

export const kernelFigure =
  (requests: Requests): DrawFigure =>
  async (form, asked, options) => {
    const { buffers } = await requests.ask("figure", { form, ...asked }, () => {}, options);
    return Uint8Array.from(toBytes(buffers[0] ?? new ArrayBuffer(0)));
  };
