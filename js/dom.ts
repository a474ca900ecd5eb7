/** Make and change elements. Text always stays text: nothing is parsed as HTML. */
export type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | ((event: never) => void)>;

/** Set attributes, and listeners from those that are called `on…`. True sets an empty attribute, false none. */
export function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value as (event: Event) => void);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false) element.setAttribute(name, String(value));
  }
}

/** Make an element: `h("button", { class: "x", onclick: f }, "text")`. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  element.append(...(children.filter(Boolean) as (Node | string)[]));
  return element;
}

/** Make a line drawing of 16 × 16 pixels. */
export function icon(path: string): SVGSVGElement {
  const name = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(name, "svg");
  setAttributes(svg, { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true", class: "icon" });
  const line = document.createElementNS(name, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

type Handlers = { readonly [K in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[K]) => void };

/** Add these listeners until `signal` aborts. */
export function listen(
  target: EventTarget,
  signal: AbortSignal,
  handlers: Handlers,
  options: AddEventListenerOptions = {},
): void {
  for (const [type, handler] of Object.entries(handlers))
    target.addEventListener(type, handler as EventListener, { ...options, signal });
}

let count = 0;
/** Make an id that no other element of the page has. */
export const uniqueId = (name: string): string => `aw-${name}-${++count}`;

/** Pieces of text; strong ones stand out, and terms say what they mean when they are pointed at. */
export type RichText = readonly Piece[];
type Piece = string | { readonly strong: string } | { readonly term: string; readonly says: string };

const wordsOf = (piece: Piece): string =>
  typeof piece === "string" ? piece : "strong" in piece ? piece.strong : piece.term;
const tagOf = (piece: Piece): string =>
  typeof piece === "string" ? "#text" : "strong" in piece ? "B" : "ABBR";

/** The text without its marks. */
export const plainText = (text: RichText): string => text.map(wordsOf).join("");

/** Write `text` into `host`, and touch only what differs: texts change with every move of the pointer. */
export function writeText(host: HTMLElement, text: RichText): void {
  text.forEach((piece, k) => {
    const [words, tag] = [wordsOf(piece), tagOf(piece)];
    let node = host.childNodes[k];
    if (node?.nodeName !== tag) {
      const made = tag === "#text" ? document.createTextNode("") : h(tag === "B" ? "b" : "abbr");
      if (node) node.replaceWith(made);
      else host.append(made);
      node = made;
    }
    if (node.textContent !== words) (node.firstChild ?? node).textContent = words;
    if (typeof piece !== "string" && "term" in piece && (node as HTMLElement).title !== piece.says)
      (node as HTMLElement).title = piece.says;
  });
  while (host.childNodes.length > text.length) host.lastChild?.remove();
}

/** Call `changed` whenever an element changes its size, or pixels theirs by zoom or on another monitor. */
export function watchSize(elements: readonly HTMLElement[], changed: () => void, signal: AbortSignal): void {
  const observer = new ResizeObserver(changed);
  for (const element of elements) observer.observe(element);
  signal.addEventListener("abort", () => observer.disconnect());
  const watchPixels = () => {
    if (signal.aborted) return;
    const again = () => {
      changed();
      watchPixels();
    };
    const pixels = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    pixels.addEventListener("change", again, { once: true, signal });
  };
  watchPixels();
}

/** Give a canvas this size in CSS pixels. True if it changed, which clears the canvas. */
export function sizeCanvas(canvas: HTMLCanvasElement, width: number, height: number): boolean {
  const [w, h] = [Math.round(width * devicePixelRatio), Math.round(height * devicePixelRatio)];
  if (canvas.width === w && canvas.height === h) return false;
  Object.assign(canvas, { width: w, height: h });
  Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
  return true;
}

/** The position of a pointer event inside `element`, in the element's own pixels even where the page scales it. */
export function pointIn(element: HTMLElement, event: MouseEvent): [x: number, y: number] {
  const box = element.getBoundingClientRect();
  const scale = box.width / element.clientWidth || 1;
  return [(event.clientX - box.left) / scale, (event.clientY - box.top) / scale];
}

const waiting = new Set<() => void>();

/** Return a function that runs `paint` once in the next frame, however often it is called, until `signal` aborts. */
export function inNextFrame(paint: () => void, signal: AbortSignal): () => void {
  let frame = 0;
  const run = () => {
    cancelAnimationFrame(frame);
    frame = 0;
    waiting.delete(run);
    paint();
  };
  signal.addEventListener("abort", () => {
    cancelAnimationFrame(frame);
    waiting.delete(run);
  });
  return () => {
    if (signal.aborted) return;
    waiting.add(run);
    frame ||= requestAnimationFrame(run);
  };
}

/** Return a function that runs `work` once after the next frame, however often it is called, until `signal` aborts. */
export function afterNextFrame(work: () => void, signal: AbortSignal): () => void {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() =>
      setTimeout(() => {
        waiting = false;
        if (!signal.aborted) work();
      }),
    );
  };
}

/** Paint now what waits for the next frame: a page that is printed has none. */
export function paintNow(): void {
  for (const run of [...waiting]) run();
}

/** Call `changed` before the page is printed and after it, until `signal` aborts. */
export function watchPaper(changed: (printing: boolean) => void, signal: AbortSignal): void {
  const tell = (printing: boolean) => () => {
    changed(printing);
    paintNow();
  };
  window.addEventListener("beforeprint", tell(true), { signal });
  window.addEventListener("afterprint", tell(false), { signal });
  const media = matchMedia("print");
  media.addEventListener("change", () => tell(media.matches)(), { signal });
}
