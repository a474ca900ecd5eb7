/** One display of an explanation: a shadow root with the toolbar, the views and the panels around them. */
import { computed, effect, signal as newSignal, type ReadonlySignal, untracked } from "@preact/signals-core";
import type { Searching } from "./a11y/keys";
import { liveRegion } from "./a11y/live-region";
import type { Context, Other, Part, Soon, View } from "./context";
import { h, watchSize } from "./dom";
import { followTheme, hostStyles, hosts } from "./hosts";
import type { Asked } from "./panels/question/asked";
import { toolbar } from "./panels/toolbar/toolbar";
import { Parts } from "./parts";
import { createScores } from "./scores/shown-scores";
import type { Session } from "./session/session";
import { passingOn } from "./session/through";
import { afterRest, markBusy } from "./state/busy";
import type { Display } from "./state/display";
import { followLater } from "./state/later";
import { usesLongText } from "./state/selectors";
import type { State } from "./state/state";
import { Tasks } from "./state/tasks";
import { askToEdit, whenAsked } from "./state/word";
import styles from "./styles.css";
import { views as allViews } from "./views";

/** Unpacked while the text is made, so that both are there in the first frame. */
const around = import("./panels/around").then((module) => module.around);

/** What all displays of one explanation share. */
export interface App {
  readonly state: State;
  readonly session: Session;
  /** Sentences on what the data does not carry. */
  readonly notes: readonly string[];
  /** Why nothing more can be computed now, or null. */
  readonly trouble?: ReadonlySignal<string | null>;
  readonly other?: Other | null;
  /** A question over it. */
  readonly asked?: Asked | null;
  /** Unpack the panel that searches a corpus, where Python runs. */
  readonly similar?: () => Promise<Part>;
}

/** Fill `el` with a display that ends with `signal`. */
export function mountApp(
  el: HTMLElement,
  app: App,
  signal: AbortSignal,
  views: readonly View[] = allViews,
): void {
  const root = el.shadowRoot ?? el.attachShadow({ mode: "open" });
  root.replaceChildren();
  const parts = new Parts(root, [hostStyles(), styles, toolbar.styles]);
  for (const host of hosts) host.prepare?.(el, signal);
  const [bar, side, bottom] = [h("header"), h("div"), h("footer")];
  const [state, view] = [h("div", { class: "status" }), h("div", { class: "view" })];
  const main = h("div", { class: "main" }, view, h("aside", { class: "side" }, side));
  followHeight(side, main, signal);
  const live = h("div", { class: "unseen", "aria-live": "polite" });
  const aw = h(
    "div",
    { class: "aw", role: "region", "aria-label": "Explanation", tabindex: -1 },
    bar,
    main,
    live,
  );
  view.append(state);
  root.append(aw);

  const shown = computed(() => views.find(({ id }) => id === app.state.view.value) ?? (views[0] as View));
  const tasks = new Tasks(signal);
  const begin = markBusy(main, signal);
  void around.then(begin());
  const ctx = createContext(
    app,
    aw,
    live,
    tasks,
    begin,
    computed(() => shown.value.allSteps ?? false),
    parts,
    signal,
  );
  const panels = toolbar.mount(bar, ctx, views, shown);
  for (const each of views) mountView(view, each, ctx, shown, parts);
  const first = h("div");
  mountLater(
    view,
    ctx,
    () => ctx.state.sent.value.rests !== undefined,
    async () => (await import("./panels/rests/rests")).rests,
  );
  view.append(bottom);
  side.append(first);
  const { notes, trouble, asked } = app;
  const search = mountLongText(main, ctx, parts);
  if (asked) {
    const card = h("div");
    aw.prepend(card);
    const load = import("./panels/question/question").then(({ question }) => question);
    void parts.mount(load, card, { ...ctx, asked, trouble });
  }
  const places = { over: state, side: first, bottom };
  void parts.mount(around, aw, { ...ctx, tasks, notes, trouble, places, panels, search });
  mountEdit(view, ctx);
  const { content, heads, pair } = ctx.state;
  mountLater(
    side,
    ctx,
    () => content.value.query_keys === true && (heads.value.length === 1 || pair.value !== null),
    async () => (await import("./panels/query-key/query-key")).queryKey,
  );
  mountLater(
    side,
    ctx,
    () => content.value.lens !== undefined,
    async () => (await import("./panels/layers/layers")).layers,
  );
  if (app.similar) mountLater(view, ctx, () => content.value.corpus !== undefined, app.similar);
  if (app.trouble) retryAfter(app.trouble, ctx, tasks);
  signal.addEventListener("abort", () => root.replaceChildren());
}

/** Tell the styles how high the panels beside the text are; they may grow, and shrink with another width alone. */
function followHeight(side: HTMLElement, main: HTMLElement, signal: AbortSignal): void {
  let [width, height] = [0, 0];
  const measure = () => {
    height = side.offsetWidth === width ? Math.max(height, side.offsetHeight) : side.offsetHeight;
    width = side.offsetWidth;
    main.style.setProperty("--aw-beside", `${height}px`);
  };
  watchSize([side], measure, signal);
}

function createContext(
  { state, session, other = null }: App,
  aw: HTMLElement,
  live: HTMLElement,
  tasks: Tasks,
  begin: () => () => void,
  allSteps: Display["allSteps"],
  parts: Parts,
  signal: AbortSignal,
): Context {
  const display: Display = {
    state,
    session: passingOn(session, state.content),
    theme: followTheme(aw, signal),
    signal,
    allSteps,
    announce: liveRegion(live, signal),
    run: (work, lane) => tasks.run(work, lane).finally(begin()),
    after: (ms, work) => afterRest(begin, ms, work),
    effect: (body) => signal.addEventListener("abort", effect(body)),
    later: (body) => followLater(body, signal),
  };
  const ctx: Context = {
    ...display,
    other,
    legend: newSignal(null),
    scores: createScores(display),
    mountPart: (part, to) => parts.mount(part, to, ctx),
  };
  return ctx;
}

/** Ask again for what was given up, once there is no `trouble` any more. */
function retryAfter(trouble: ReadonlySignal<string | null>, ctx: Context, tasks: Tasks): void {
  let before: string | null = null;
  ctx.effect(() => {
    const now = trouble.value;
    if (before !== null && now === null) untracked(() => tasks.retry());
    before = now;
  });
}

/** Show the view while it is the chosen one; it is loaded when it is first shown. */
function mountView(
  parent: HTMLElement,
  view: View,
  ctx: Context,
  shown: { readonly value: View },
  parts: Parts,
): void {
  const pane = h("div", { class: "pane", hidden: true });
  parent.append(pane);
  const open = newSignal(false);
  let loaded = false;
  ctx.effect(() => {
    const now = shown.value === view;
    pane.hidden = !now;
    open.value = now;
    if (!now || loaded) return;
    loaded = true;
    void parts.mount(view.load(), pane, { ...ctx, open });
  });
}

/** Unpack the panel that changes a word when it is first asked for, then ask again. */
function mountEdit(host: HTMLElement, ctx: Context): void {
  const asked = new AbortController();
  ctx.signal.addEventListener("abort", () => asked.abort());
  whenAsked(host, asked.signal, async (u, element) => {
    asked.abort();
    await ctx.mountPart(
      import("./panels/edit/edit").then(({ edit }) => edit),
      host,
    );
    askToEdit(element, u);
  });
}

/** Unpack a panel of `host` once it is `wanted`. */
function mountLater(host: HTMLElement, ctx: Context, wanted: () => boolean, load: () => Promise<Part>): void {
  // Panels keep their order, whichever is wanted first.
  const place = h("div");
  host.append(place);
  let loaded = false;
  ctx.effect(() => {
    if (loaded || !wanted()) return;
    loaded = true;
    void ctx.mountPart(load(), place);
  });
}

/** Unpack what stands around a long text once there is one, or a search. */
function mountLongText(main: HTMLElement, ctx: Context, parts: Parts): Searching {
  const search = newSignal<Searching | null>(null);
  let loading: Soon<void> | undefined;
  const load = (): Soon<void> => {
    loading ??= parts.mount(
      import("./panels/long-text/long-text").then(({ longText }) => longText),
      main,
      { ...ctx, search },
    );
    return loading;
  };
  ctx.effect(() => {
    if (usesLongText(ctx.state)) untracked(load);
  });
  return {
    focus: async () => {
      await load();
      search.peek()?.focus();
    },
    next: (step) => search.peek()?.next(step),
    clear: () => search.peek()?.clear() ?? false,
  };
}
