/** One display of an explanation: its shadow root, its views, and the context they share. */
import { effect } from "@preact/signals-core";
import { listenForKeys } from "./a11y/keys";
import { speaker } from "./a11y/live-region";
import { h } from "./dom";
import { watchTheme } from "./hosts/theme";
import { mountFooter } from "./panels/footer/footer";
import footerStyles from "./panels/footer/footer.css";
import { mountPicker, pickerStyles } from "./panels/picker/picker";
import { mountNotes, mountStatus } from "./panels/status/status";
import { mountToolbar } from "./panels/toolbar/toolbar";
import { createReadings } from "./scores/shown-scores";
import type { Session } from "./session/session";
import type { ViewContext } from "./state/selectors";
import type { State } from "./state/state";
import { Runner } from "./state/tasks";
import styles from "./styles.css";
import { matrixStyles, mountMatrix } from "./views/matrix/matrix";
import { mountTokens } from "./views/text/text";
import textStyles from "./views/text/text.css";

/** What all displays of one explanation share. */
export interface App {
  readonly state: State;
  readonly session: Session;
  /** Sentences about what the data does not carry. */
  readonly notes: readonly string[];
}

function adopt(root: ShadowRoot): void {
  const texts = [styles, textStyles, footerStyles, pickerStyles, matrixStyles];
  try {
    root.adoptedStyleSheets = texts.map((text) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(text);
      return sheet;
    });
  } catch {
    // A sheet made in another document than the one `root` is in cannot be adopted.
    root.append(h("style", {}, texts.join("\n")));
  }
}

export function mountApp(el: HTMLElement, app: App, signal: AbortSignal): void {
  const { state, session } = app;
  const root = el.shadowRoot ?? el.attachShadow({ mode: "open" });
  root.replaceChildren();
  adopt(root);
  // JupyterLab has its own meaning for arrows, Enter and letters in a cell's output.
  el.setAttribute("data-lm-suppress-shortcuts", "true");
  const aw = h("div", { class: "aw", role: "region", "aria-label": "Explanation", tabindex: -1 });
  root.append(aw);
  const theme = watchTheme(aw, signal);
  const runner = new Runner(signal);
  const live = h("div", { class: "unseen", "aria-live": "polite" });
  const stops: (() => void)[] = [];
  const ctx: ViewContext = {
    state,
    session,
    theme,
    signal,
    announce: speaker(live, signal),
    run: (work, lane) => runner.run(work, lane),
    effect: (body) => void stops.push(effect(body)),
  };
  const readings = createReadings(ctx);

  const text = h("div", { class: "pane" });
  const matrix = h("div", { class: "pane", hidden: true });
  const side = h("aside", { class: "side" });
  const bar = h("header");
  const status = h("div", { class: "status" });
  const main = h("div", { class: "main" }, h("div", { class: "view" }, status, text, matrix), side);
  const footer = h("footer");
  aw.append(bar, main, footer, live);

  const toolbar = mountToolbar(bar, ctx);
  mountStatus(status, ctx, runner);
  mountTokens(text, ctx, readings);
  mountPicker(side, ctx);
  let opened = false;
  ctx.effect(() => {
    const open = state.view.value === "matrix";
    text.hidden = open;
    matrix.hidden = !open;
    if (open && !opened) {
      opened = true;
      queueMicrotask(() => mountMatrix(matrix, ctx));
    }
  });
  mountNotes(footer, ctx, app.notes);
  mountFooter(footer, ctx, readings);
  listenForKeys(aw, ctx, toolbar);
  signal.addEventListener("abort", () => {
    for (const stop of stops) stop();
    root.replaceChildren();
  });
}
