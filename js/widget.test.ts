// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sample } from "./session/testing";
import "./panels/around";
import "./panels/question/question";
import widget from "./widget";

type Callback = (...args: unknown[]) => void;

/** An anywidget model that keeps what is sent. */
class FakeModel {
  readonly sent: Record<string, unknown>[] = [];
  readonly values: Record<string, unknown> = { content: sample, held: [], method: "saliency", view: "text" };
  readonly listeners = new Map<string, Set<Callback>>();
  get = (name: string) => this.values[name];
  set = (name: string, value: unknown) => {
    this.values[name] = value;
  };
  save_changes = vi.fn();
  send = (message: object) => void this.sent.push(message as Record<string, unknown>);
  on = (event: string, callback: Callback) => {
    this.listeners.set(event, (this.listeners.get(event) ?? new Set()).add(callback));
  };
  off = (event: string, callback: Callback) => void this.listeners.get(event)?.delete(callback);
  tell(event: string, ...args: unknown[]) {
    for (const listener of this.listeners.get(event) ?? []) listener(...args);
  }
}

let model: FakeModel;
let end: AbortController;
const settle = () => vi.advanceTimersByTimeAsync(400);
const show = (app: ReturnType<typeof widget>) => {
  const el = document.createElement("div");
  document.body.append(el);
  return { el, stop: app.render({ model: model as never, el, signal: end.signal }) };
};
const sentence = (el: HTMLElement) => el.shadowRoot?.querySelector(".sentence")?.textContent;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("matchMedia", () => Object.assign(new EventTarget(), { matches: false }));
  model = new FakeModel();
  end = new AbortController();
});
afterEach(() => {
  end.abort();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("displays of one model share its state, and follow Python", async () => {
  const app = widget();
  app.initialize({ model: model as never, signal: end.signal });
  const [one, two] = [show(app), show(app)];
  model.values.held = [1];
  model.tell("change:held");
  await settle();
  for (const { el } of [one, two]) expect(sentence(el)).toContain("東");
  one.stop?.();
  expect([one.el.shadowRoot?.childElementCount, sentence(two.el)]).toEqual([
    0,
    expect.stringContaining("東"),
  ]);
});

test("scores are asked of the kernel, and its answer is shown", async () => {
  const app = widget();
  app.initialize({ model: model as never, signal: end.signal });
  const { el } = show(app);
  model.values.held = [1];
  model.tell("change:held");
  await settle();
  const requests = model.sent.flatMap((m) => (m.op === "batch" ? (m.requests as typeof model.sent) : [m]));
  const asked = requests.find(({ op }) => op === "scores");
  expect(asked).toMatchObject({ args: { method: "saliency", steps: [1] } });
  const row = Float32Array.of(0.125, 0.5, 0.375).buffer;
  model.tell("msg:custom", { v: 1, id: asked?.id, ok: true, meta: { rows: 1, cols: 3 } }, [row]);
  await settle();
  expect(el.shadowRoot?.querySelector(".legend")?.textContent).toContain(".500");
});

test("a host that does not call initialize gets an app for each display, which ends with it", async () => {
  const { el, stop } = show(widget());
  await settle();
  expect(sentence(el)).toContain("Hover a word");
  stop?.();
  expect([...model.listeners.values()].every((callbacks) => callbacks.size === 0)).toBe(true);
});

test("a question of Python's is over the explanation, and the answer is a trait", async () => {
  model.values.question = {
    text: "Which?",
    kind: "input",
    choices: [],
    hints: [],
    taken: 0,
    labels: { check: "Check" },
    lang: "en",
    given: [],
    verdict: null,
  };
  const { el } = show(widget());
  await settle();
  const root = el.shadowRoot;
  expect(root?.querySelector(".aw")?.firstElementChild?.textContent).toContain("Which?");
  root?.querySelectorAll<HTMLElement>(".t")[1]?.click();
  root?.querySelector<HTMLElement>(".aw-question .check")?.click();
  expect(model.values.reply).toMatchObject({ given: ["1"], hints: 0 });
  model.values.question = { ...(model.values.question as object), verdict: { right: true, says: "Yes." } };
  model.tell("change:question");
  expect(root?.querySelector(".verdict")?.textContent).toBe("✓Yes.");
});

test("without Python the page says so at once and shows what was on show", async () => {
  const rows = btoa(String.fromCharCode(...new Uint8Array(new Float32Array([0.25, 0.75, NaN]).buffer)));
  const query = { head_rule: "mean", heads: [], layer: null, method: "saliency" }; // sorted, as in a saved notebook
  Object.assign(model.values, { held: [0], layout: { comm_live: false } });
  const shares = btoa(String.fromCharCode(...new Uint8Array(new Float32Array(4).fill(0.25).buffer)));
  const heads = { rows: 2, cols: 2, reading: "attention", sinks: [], top: [[0, 1, 0.5, []]], shares };
  model.values.on_show = { query, steps: [0], rows, notes: ["as it was"], heads };
  const app = widget();
  app.initialize({ model: model as never, signal: end.signal });
  const { el } = show(app);
  await settle();
  expect(el.shadowRoot?.querySelector(".notes")?.textContent).toContain("Python is not running here");
  expect(sentence(el)).toContain("as it was");
  const size = () => el.shadowRoot?.querySelector(".aw-why .size")?.textContent;
  expect(size()).toMatch(/^(all|top) /);
  expect(el.shadowRoot?.querySelector(".side")?.textContent).not.toContain("cancelled");
  model.values.held = [1];
  model.tell("change:held");
  await settle();
  expect(el.shadowRoot?.querySelector(".side")?.textContent).not.toContain("cancelled");
  expect(size()).toBe("not computed");
  expect(el.shadowRoot?.querySelector("[role=alert], [role=progressbar]")).toBeNull();
  expect(model.sent).toEqual([]);
});

/** The part of a kernel's connection that Jupyter's widget manager shows. */
function fakeKernel() {
  const event = () => {
    const slots = new Set<(sender: unknown, value?: unknown) => void>();
    return {
      slots,
      connect: (slot: (sender: unknown, value?: unknown) => void) => void slots.add(slot),
      disconnect: (slot: (sender: unknown, value?: unknown) => void) => void slots.delete(slot),
      emit: (value?: unknown) => {
        for (const slot of slots) slot(null, value);
      },
    };
  };
  return {
    statusChanged: event(),
    connectionStatusChanged: event(),
    disposed: event(),
    iopubMessage: event(),
  };
}

/** A widget that was initialised over a connection to a kernel. */
function overKernel() {
  const kernel = fakeKernel();
  const app = widget();
  app.initialize({
    model: Object.assign(model, { widget_manager: { kernel } }) as never,
    signal: end.signal,
  });
  return { kernel, app };
}

const notes = (el: HTMLElement) => el.shadowRoot?.querySelector(".notes")?.textContent;

test("a connection that is cut is said, what waits is given up, and asked again when it is back", async () => {
  const { kernel, app } = overKernel();
  const { el } = show(app);
  model.values.held = [1];
  model.tell("change:held");
  await settle();
  const busy = () => el.shadowRoot?.querySelector("[role=progressbar]");
  const asked = () => model.sent.filter(({ op }) => op !== "cancel").length;
  expect(busy()).not.toBeNull();
  kernel.connectionStatusChanged.emit("connecting");
  await settle();
  expect(notes(el)).toContain("The connection to Python is lost");
  expect(busy()).toBeNull();
  const before = asked();
  model.values.held = [0];
  model.tell("change:held");
  await settle();
  expect([asked(), el.shadowRoot?.querySelector("[role=alert]")]).toEqual([before, null]);
  kernel.connectionStatusChanged.emit("connected");
  await settle();
  expect(notes(el)).toBe("");
  expect(asked()).toBeGreaterThan(before);
});

test("a kernel that was restarted while the connection was cut has ended for good", async () => {
  const { kernel, app } = overKernel();
  const status = (session: string) => kernel.iopubMessage.emit({ header: { msg_type: "status", session } });
  const { el } = show(app);
  for (const session of ["first", "first", "second"]) {
    status("first");
    kernel.connectionStatusChanged.emit("connecting");
    kernel.connectionStatusChanged.emit("connected");
    kernel.iopubMessage.emit({ header: { msg_type: "stream", session: "the server's" } });
    status(session);
    await settle();
    expect(notes(el)?.includes("reload the page and run")).toBe(session === "second");
  }
});

test.each(["starting", "restarting", "autorestarting", "terminating", "dead", "disposed"])(
  "a kernel that is %s has ended for good",
  async (status) => {
    const { kernel, app } = overKernel();
    const { el } = show(app);
    await settle();
    kernel.statusChanged.emit("busy");
    expect(notes(el)).toBe("");
    if (status === "disposed") kernel.disposed.emit();
    else kernel.statusChanged.emit(status);
    kernel.connectionStatusChanged.emit("connected");
    await settle();
    expect(notes(el)).toContain("run the notebook again");
    expect(notes(el)?.includes("reload the page and")).toBe(status === "starting");
    const before = model.sent.length;
    model.values.held = [1];
    model.tell("change:held");
    await settle();
    expect([model.sent.length, el.shadowRoot?.querySelector("[role=alert], [role=progressbar]")]).toEqual([
      before,
      null,
    ]);
    expect(el.shadowRoot?.querySelector("[role=option]")?.textContent).toBeTruthy();
    end.abort();
    for (const { slots } of Object.values(kernel)) expect(slots.size).toBe(0);
  },
);

test("in Voilà, where there is no cell to run, the page is to be reloaded", async () => {
  document.body.dataset.voila = "voila";
  const { kernel, app } = overKernel();
  const { el } = show(app);
  kernel.statusChanged.emit("dead");
  delete document.body.dataset.voila;
  await settle();
  expect(notes(el)).toContain("reload the page to see more");
});
