/** JupyterLab, Notebook and Voilà. */
import type { Host } from "./host";

interface JupyterSignal<T> {
  connect(slot: (sender: unknown, value: T) => void): void;
  disconnect(slot: (sender: unknown, value: T) => void): void;
}

interface Message {
  /** `session` names the process that sent the message. */
  readonly header: { readonly msg_type: string; readonly session: string };
}

/** What is used of a kernel's connection; JupyterLab and Voilà give their widget manager one. */
interface Kernel {
  readonly statusChanged?: JupyterSignal<string>;
  readonly connectionStatusChanged?: JupyterSignal<string>;
  readonly disposed?: JupyterSignal<unknown>;
  readonly iopubMessage?: JupyterSignal<Message>;
}

const ends = ["restarting", "autorestarting", "terminating", "dead"];
const cut =
  "The connection to Python is lost, so only what was computed is shown: it is tried again by itself; reload the page if it stays away.";
/** JupyterLab goes on with what it knew of a Python that was restarted `elsewhere`, until the page is reloaded. */
const ended = (elsewhere: boolean) => {
  const reload = elsewhere || document.body.hasAttribute("data-voila");
  const run = !document.body.hasAttribute("data-voila");
  const again = [reload && "reload the page", run && "run the notebook again"].filter(Boolean).join(" and ");
  const why = elsewhere ? "was restarted by another page or program" : "has ended or was restarted";
  return `Python ${why}, so only what was computed is shown: ${again} to see more.`;
};

export const jupyter: Host = {
  theme([body]) {
    const light = body?.dataset.jpThemeLight;
    return light ? (light === "true" ? "light" : "dark") : null;
  },
  variables: {
    background: "--jp-layout-color0",
    ink: "--jp-content-font-color0",
    font: "--jp-ui-font-family",
  },
  prepare(element, signal) {
    // JupyterLab has its own meaning for arrows, Enter and letters in a cell's output. Keys with Ctrl or Cmd are its own.
    // It looks whether the attribute is there, whatever its value.
    const suppress = (keys: boolean) => element.toggleAttribute("data-lm-suppress-shortcuts", keys);
    const leave = (event: KeyboardEvent) => suppress(!(event.ctrlKey || event.metaKey));
    suppress(true);
    window.addEventListener("keydown", leave, { capture: true, signal });
  },
  followPython(manager, tell, signal) {
    const kernel = (manager as { readonly kernel?: Kernel | null } | null | undefined)?.kernel;
    let over = false;
    const end = (elsewhere: boolean) => {
      if (!over) tell(ended(elsewhere));
      over = true;
    };
    const follow = <T>(events: JupyterSignal<T> | undefined, slot: (sender: unknown, value: T) => void) => {
      events?.connect(slot);
      signal.addEventListener("abort", () => events?.disconnect(slot));
    };
    follow(kernel?.statusChanged, (_, status) => {
      if (status === "starting") end(true);
      else if (ends.includes(status)) end(false);
    });
    follow(kernel?.disposed, () => end(false));
    // Another kernel that answers under the same connection does not know this widget.
    let [lost, process] = [false, ""];
    follow(kernel?.connectionStatusChanged, (_, status) => {
      lost ||= status !== "connected";
      if (!over) tell(status === "connected" ? null : cut);
    });
    // It may have been restarted while the connection was lost.
    follow(kernel?.iopubMessage, (_, { header }) => {
      if (header.msg_type !== "status") return;
      if (lost && process !== "" && header.session !== process) end(true);
      [lost, process] = [false, header.session];
    });
  },
};
