/** The entry of an exported page: it reads its data from the page and makes no network request. */
import { batch, type Signal } from "@preact/signals-core";
import { mountApp } from "./app";
import { RecordedSession, type Recording } from "./session/recorded";
import { createState, defaultOptions } from "./state/state";

function boot(): void {
  const data = document.getElementById("attrwidget-data");
  const host = document.getElementById("attrwidget");
  if (!data || !host) return;
  try {
    const record = JSON.parse(data.textContent ?? "") as Recording;
    const state = createState(record.content);
    const { held, method, layer, heads, view, options } = record.state;
    batch(() => {
      for (const [name, value] of Object.entries({ held, method, layer, heads, view })) {
        if (value !== undefined) (state[name as "held"] as Signal<unknown>).value = value;
      }
      state.options.value = { ...defaultOptions, ...(options as object | undefined) };
    });
    const app = { state, session: new RecordedSession(record), notes: record.left_out };
    mountApp(host, app, new AbortController().signal);
  } catch (error) {
    host.textContent = `The data of this page cannot be read: ${error instanceof Error ? error.message : error}`;
  }
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", boot);
else boot();
