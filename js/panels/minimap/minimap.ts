/** A long text in small beside it: where its tints are, what is explained and found, and what is in sight. */
import type { Context } from "../../context";
import { afterNextFrame, h, listen, sizeCanvas } from "../../dom";
import { pixel } from "../../draw/color";
import type { Page } from "../../views/running-text/page";
import type { Inks, Picture } from "../../views/running-text/paint";
import { Places } from "./places";

export const minimap = { mount };

const [width, margin] = [64, 6];
/** A text that is hardly longer than the view needs none. */
const longer = 1.3;
/** Tints are stronger here, where a line is a pixel or two high. */
const gain = 0.9;
const faint = 0.03;

function mount(page: Page, { theme }: Context): void {
  const { scroller, frame, built, boxes, picture, inks, measured, folds, follow, end } = page;
  const text = h("canvas", { "aria-hidden": "true" });
  const tints = h("canvas", { "aria-hidden": "true" });
  const sight = h("i");
  const element = h("div", { class: "minimap", "aria-hidden": "true" }, text, tints, sight);
  frame.append(element);
  end.addEventListener("abort", () => element.remove());
  let scale = 0;

  const size = () => {
    const [total, view] = [scroller.scrollHeight, scroller.clientHeight];
    element.classList.toggle("off", total < longer * view);
    const height = element.clientHeight;
    const { offsetHeight, offsetWidth } = built.list;
    scale = Math.min(height / Math.max(1, offsetHeight), 0.16);
    for (const canvas of [text, tints]) sizeCanvas(canvas, width, height);
    across = (width - 2 * margin) / Math.max(1, offsetWidth);
    see();
  };
  let across = 0;
  const see = () => {
    const top = Math.max(0, scroller.scrollTop - built.list.offsetTop);
    sight.style.transform = `translateY(${(top * scale).toFixed(1)}px)`;
    sight.style.height = `${(scroller.clientHeight * scale).toFixed(1)}px`;
  };
  const each = (u: number, paint: (x: number, y: number, w: number, h: number) => void) =>
    boxes.each(u, (left, top, w, h) =>
      paint(margin + left * across, top * scale, Math.max(1, w * across), Math.max(1, h * scale - 1)),
    );
  let places = new Places(0);
  const words = afterNextFrame(() => {
    size();
    const c = fresh(text);
    if (!c) return;
    c.fillStyle = inks.peek().soft;
    c.globalAlpha = 0.22;
    places = new Places(built.units.length);
    for (let u = 0; u < built.units.length; u++) {
      each(u, (x, y, w, height) => {
        c.fillRect(x, y, w, height);
        places.add(x, y, w, height);
      });
      places.end(u);
    }
    paint(picture.peek(), inks.peek());
  }, end);
  const paint = ({ values, high, targets }: Picture, { signed, ...ink }: Inks) => {
    const c = fresh(tints);
    if (!c || tints.width * tints.height === 0) return;
    if (values && high > 0) {
      const [adds, takes] = [signed ? ink.positive : ink.unsigned, ink.negative];
      const image = c.createImageData(tints.width, tints.height);
      places.paint(image, (u) => {
        const v = values[u] as number;
        const share = Math.min(1, Math.abs(v) / high);
        if (!(share > faint)) return 0;
        const alpha = Math.round(255 * gain * Math.sqrt(share));
        return ((alpha << 24) | (pixel((v < 0 ? takes : adds).rgb) & 0xffffff)) >>> 0;
      });
      c.putImageData(image, 0, 0);
    }
    c.fillStyle = ink.accent;
    for (const u of targets) each(u, (x, y, w, height) => c.fillRect(x - 2, y - 1, w + 4, height + 2));
  };
  const again = afterNextFrame(() => paint(picture.peek(), inks.peek()), end);
  follow(() => {
    void [measured.value, folds.changed.value, theme.value];
    words();
  });
  follow(() => {
    void [picture.value, inks.value];
    again();
  });
  scroller.addEventListener("scroll", see, { signal: end, passive: true });
  listenToPointer(
    element,
    scroller,
    (y) => {
      scroller.scrollTop = y / scale + built.list.offsetTop - scroller.clientHeight / 2;
    },
    end,
  );
}

/** An empty canvas, in CSS pixels. */
function fresh(canvas: HTMLCanvasElement): CanvasRenderingContext2D | null {
  const c = canvas.getContext("2d");
  c?.setTransform(1, 0, 0, 1, 0, 0);
  c?.clearRect(0, 0, canvas.width, canvas.height);
  c?.scale(devicePixelRatio, devicePixelRatio);
  return c;
}

/** Press or drag goes there; a wheel scrolls the text. */
function listenToPointer(
  element: HTMLElement,
  scroller: HTMLElement,
  go: (y: number) => void,
  signal: AbortSignal,
): void {
  const at = (event: PointerEvent) => {
    const box = element.getBoundingClientRect();
    go(((event.clientY - box.top) / box.height) * element.clientHeight);
  };
  listen(element, signal, {
    pointerdown: (event) => {
      element.setPointerCapture(event.pointerId);
      at(event);
    },
    pointermove: (event) => event.buttons > 0 && at(event),
    wheel: (event) => scroller.scrollBy({ top: event.deltaY }),
  });
}
