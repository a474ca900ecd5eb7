/** The entry of an exported page: it reads its data from the page and makes no network request. */
import { batch, effect, type Signal, signal } from "@preact/signals-core";
import { mountApp } from "./app";
import { Recorded, type RecordedQuestion } from "./panels/question/recorded";
import { RecordedSession, type Recording } from "./session/recorded";
import { unpack } from "./session/unpack";
import { fragmentOf, restore, valuesOf } from "./state/address";
import { createState, defaultOptions, type State } from "./state/state";
import { views } from "./views";

/** What an exported page shows, and what that is compared with. */
interface PageRecording extends Recording {
  readonly other?: Recording & { readonly links: readonly (readonly [number, number])[] };
  readonly question?: RecordedQuestion;
}

/** Milliseconds: browsers allow some hundred changes of the address a minute, and a slider makes more. */
const pause = 250;

async function boot(): Promise<void> {
  const data = document.getElementById("attrwidget-data");
  const host = document.getElementById("attrwidget");
  if (!data || !host) return;
  try {
    const record = (await unpack(data.textContent ?? "")) as PageRecording;
    const shown = opened(record);
    followAddress(shown.state);
    const { other, question } = record;
    const app = {
      ...shown,
      notes: [...record.left_out, ...(other?.left_out ?? [])],
      other: other ? { ...opened(other), links: signal(other.links) } : null,
      asked: question ? new Recorded(question) : null,
    };
    mountApp(host, app, new AbortController().signal);
  } catch (error) {
    host.textContent = `The data of this page cannot be read: ${error instanceof Error ? error.message : error}`;
  }
}

/** The state and the session of a recording. */
function opened(record: Recording): { state: State; session: RecordedSession } {
  const state = createState(record.content);
  const { held, method, layer, heads, view, options } = record.state;
  batch(() => {
    for (const [name, value] of Object.entries({ held, method, layer, heads, view })) {
      if (value !== undefined) (state[name as "held"] as Signal<unknown>).value = value;
    }
    state.options.value = { ...defaultOptions, ...(options as object | undefined) };
  });
  return { state, session: new RecordedSession(record) };
}

/** Show what the address says, and keep it at what is shown: a link to the page then opens with this view. */
function followAddress(state: State): void {
  const start = valuesOf(state);
  const ids = views.map(({ id }) => id);
  const read = () => restore(state, location.hash, start, ids);
  if (location.hash) read();
  addEventListener("hashchange", read);
  let timer = 0;
  effect(() => {
    const fragment = fragmentOf(valuesOf(state), start);
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      if (location.hash.slice(1) !== fragment) rewrite(fragment);
    }, pause);
  });
}

function rewrite(fragment: string): void {
  try {
    history.replaceState(null, "", `#${fragment}`);
  } catch {
    // A page inside another one may have no address of its own.
  }
}

void boot();
