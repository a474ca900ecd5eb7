/** The first script of an exported page: it unpacks the page's own script, which is compressed, and runs it. */
import { unzip } from "./session/unzip";

const tooOld =
  "This browser cannot open this page, which is compressed: use Chrome or Edge from 80, Firefox from 113 or Safari from 16.4.";

async function open(): Promise<void> {
  if (typeof DecompressionStream === "undefined") throw new Error(tooOld);
  const packed = document.getElementById("attrwidget-script")?.textContent ?? "";
  const script = document.createElement("script");
  script.textContent = new TextDecoder().decode(await unzip(packed));
  document.body.append(script);
}

open().catch((error: unknown) => {
  const host = document.getElementById("attrwidget");
  if (host) host.textContent = error instanceof Error ? error.message : String(error);
});
