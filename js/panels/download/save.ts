/** Hand a file to the person: as a download, or to the printer. */
import { h } from "../../dom";

/** Download `data` as a file called `name`. */
export function saveFile(name: string, data: Blob): void {
  const url = URL.createObjectURL(data);
  const link = h("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Print an SVG by itself, on a page of its own size: the browser's dialog saves it as PDF. */
export function printSvg(svg: string, width: number, height: number, host: HTMLElement): void {
  const frame = h("iframe", { "aria-hidden": "true", class: "figure-sheet", title: "Figure" });
  const size = `${Math.ceil(width)}px ${Math.ceil(height) + 1}px`;
  frame.srcdoc = `<!doctype html><style>@page{size:${size};margin:0}body{margin:0}svg{display:block}</style>${svg}`;
  frame.onload = () => {
    const { contentWindow } = frame;
    contentWindow?.addEventListener("afterprint", () => frame.remove());
    contentWindow?.print();
  };
  host.append(frame);
}
