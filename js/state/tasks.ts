/** The work under way: drop what is outdated, and report progress and errors. */
import { computed, type ReadonlySignal, signal } from "@preact/signals-core";
import type { RequestOptions } from "../session/requests";

export type Status =
  | { readonly kind: "idle" }
  | { readonly kind: "working"; readonly done: number; readonly total: number }
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly message: string };

interface Task {
  readonly lane: string;
  readonly abort: AbortController;
  done: number;
  total: number;
  /** Long enough under way to be shown. */
  long: boolean;
}

/** Milliseconds before work is shown. */
const patience = 300;

export class Tasks {
  readonly status: ReadonlySignal<Status>;
  readonly #tasks = new Set<Task>();
  readonly #troubles = new Map<string, Status>();
  readonly #changes = signal(0);
  readonly #attempt = signal(0);
  readonly #end: AbortSignal;
  #unnamed = 0;

  constructor(end: AbortSignal) {
    this.#end = end;
    end.addEventListener("abort", () => this.#abortAll());
    this.status = computed(() => {
      this.#changes.value;
      return this.#summary();
    });
  }

  /** Do `work`, in place of earlier work of the same `lane`. Undefined when it was replaced, cancelled or failed. */
  async run<T>(
    work: (options: RequestOptions) => Promise<T>,
    lane = `#${++this.#unnamed}`,
  ): Promise<T | undefined> {
    this.#attempt.value;
    const abort = new AbortController();
    const task: Task = { lane, abort, done: 0, total: 0, long: false };
    for (const old of this.#tasks) if (old.lane === lane) this.#stop(old);
    this.#tasks.add(task);
    if (this.#troubles.delete(lane)) this.#changed();
    const timer = setTimeout(() => {
      task.long = true;
      this.#changed();
    }, patience);
    try {
      if (this.#end.aborted) return undefined;
      const onProgress = (done: number, total: number) => {
        Object.assign(task, { done, total });
        if (task.long) this.#changed();
      };
      const value = await work({ signal: abort.signal, onProgress });
      return abort.signal.aborted ? undefined : value;
    } catch (error) {
      if (abort.signal.aborted || (error as Error | null)?.name === "AbortError") return undefined;
      const message = error instanceof Error ? error.message : String(error);
      this.#troubles.set(lane, { kind: "failed", message });
      return undefined;
    } finally {
      clearTimeout(timer);
      this.#tasks.delete(task);
      if (task.long || this.#troubles.has(lane)) this.#changed();
    }
  }

  /** Stop all work and show that it was stopped. */
  cancel(): void {
    for (const task of this.#tasks) this.#troubles.set(task.lane, { kind: "stopped" });
    this.#abortAll();
    this.#changed();
  }

  /** Forget errors and run the effects that called `run` again. */
  retry(): void {
    this.#troubles.clear();
    this.#attempt.value++;
    this.#changed();
  }

  #summary(): Status {
    const troubles = [...this.#troubles.values()];
    const long = [...this.#tasks].filter((task) => task.long);
    const failed = troubles.find((trouble) => trouble.kind === "failed");
    if (failed) return failed;
    if (long.length > 0) {
      const known = long.every((task) => task.total > 0);
      const sum = (key: "done" | "total") => long.reduce((all, task) => all + task[key], 0);
      return { kind: "working", done: known ? sum("done") : 0, total: known ? sum("total") : 0 };
    }
    return troubles[0] ?? { kind: "idle" };
  }

  #stop(task: Task): void {
    this.#tasks.delete(task);
    task.abort.abort();
  }

  #abortAll(): void {
    for (const task of [...this.#tasks]) this.#stop(task);
  }

  #changed(): void {
    this.#changes.value = this.#changes.peek() + 1;
  }
}
