/** What painters draw on: a canvas, or the SVG of a figure. */
export type Paper = Pick<
  CanvasRenderingContext2D,
  | "fillStyle"
  | "strokeStyle"
  | "lineWidth"
  | "globalAlpha"
  | "font"
  | "textAlign"
  | "textBaseline"
  | "direction"
  | "imageSmoothingEnabled"
  | "setTransform"
  | "translate"
  | "rotate"
  | "save"
  | "restore"
  | "beginPath"
  | "moveTo"
  | "lineTo"
  | "bezierCurveTo"
  | "rect"
  | "roundRect"
  | "clip"
  | "fill"
  | "stroke"
  | "clearRect"
  | "fillRect"
  | "strokeRect"
  | "setLineDash"
  | "fillText"
  | "measureText"
> & {
  /** Put an image at these pixels of the device, as on a canvas. */
  putImageData(image: ImageData, x: number, y: number): void;
  drawImage(image: HTMLCanvasElement, x: number, y: number, width: number, height: number): void;
};
