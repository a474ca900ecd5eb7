/** Parts of a display and their styles. A part that stays packed in the bundle until it is needed comes as a promise. */
import { untracked } from "@preact/signals-core";
import type { Context, Part, Soon } from "./context";
import { h } from "./dom";

export class Parts {
  readonly #root: ShadowRoot;
  readonly #before: string[];
  #last = "";
  #element: HTMLStyleElement | null = null;

  /** Style `root` with `first`, then with the styles of each part, and those that a part has for paper. */
  constructor(root: ShadowRoot, first: readonly string[]) {
    this.#root = root;
    this.#before = [...first];
    this.#write();
  }

  /** Fill `host` with a part: at once if it is here, else as soon as it is unpacked. */
  mount<C extends Context>(part: Soon<Part<C>>, host: HTMLElement, ctx: C): Soon<void> {
    if ("then" in part) return part.then((unpacked) => this.#fill(unpacked, host, ctx));
    this.#fill(part, host, ctx);
  }

  #fill<C extends Context>({ styles, printed, mount }: Part<C>, host: HTMLElement, ctx: C): void {
    if (ctx.signal.aborted) return;
    if (!this.#before.includes(styles)) {
      this.#before.push(styles);
      this.#last = printed ?? this.#last;
      this.#write();
    }
    untracked(() => mount(host, ctx));
  }

  #write(): void {
    const texts = [...this.#before, this.#last].filter(Boolean);
    try {
      this.#root.adoptedStyleSheets = texts.map(sheetOf);
    } catch {
      // A sheet made in another document than the one `root` is in cannot be adopted.
      this.#element?.remove();
      this.#element = h("style", {}, texts.join("\n"));
      this.#root.append(this.#element);
    }
  }
}

const sheets = new Map<string, CSSStyleSheet>();

/** The sheet with this text, made once for all displays. */
function sheetOf(text: string): CSSStyleSheet {
  let sheet = sheets.get(text);
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    sheets.set(text, sheet);
  }
  return sheet;
}
