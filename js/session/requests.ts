/** Requests over a channel that only sends and receives messages: ids, batches, cancelling (docs/protocol.md). */
import type { Bytes } from "./buffers";

export interface RequestOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Channel {
  /** Nobody answers now: requests end at once, without an error. */
  readonly gone?: boolean;
  send(message: object): void;
  listen(handler: (message: unknown, buffers: readonly Bytes[]) => void): void;
}

export interface Reply {
  readonly meta: Readonly<Record<string, unknown>>;
  readonly buffers: readonly Bytes[];
}

export interface Timing {
  /** Call `send` in the next animation frame. */
  readonly frame: (send: () => void) => void;
  /** Milliseconds without a message from the kernel after which requests fail. */
  readonly silence: number;
}

interface Job {
  readonly id: string;
  readonly key: string;
  readonly op: string;
  readonly args: object;
  readonly settled: Promise<Reply>;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
  readonly progress: Set<(done: number, total: number) => void>;
  /** Gets the answer even if nobody waits for it any more. */
  readonly keep: (reply: Reply) => void;
  waiting: number;
  sent: boolean;
}

const version = 1;

/** Call `send` in the next animation frame, or by a timer in a hidden page, which has no frames. */
function nextFrame(send: () => void): void {
  let due = true;
  const once = () => {
    if (due) send();
    due = false;
  };
  requestAnimationFrame(once);
  setTimeout(once, 50);
}

/** The error of a cancelled request. */
export const cancelled = (): Error => new DOMException("cancelled", "AbortError");

export class Requests {
  readonly #channel: Channel;
  readonly #timing: Timing;
  readonly #byKey = new Map<string, Job>();
  readonly #byId = new Map<string, Job>();
  readonly #prefix = Math.random().toString(36).slice(2, 8);
  #queue: Job[] = [];
  #count = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(channel: Channel, timing: Partial<Timing> = {}) {
    this.#channel = channel;
    this.#timing = { frame: nextFrame, silence: 60_000, ...timing };
    channel.listen((message, buffers) => this.#receive(message, buffers));
  }

  /** Send a request, or share one under way. `keep` gets the answer even if it comes after the wait has ended. */
  ask(op: string, args: object, keep: (reply: Reply) => void, options: RequestOptions = {}): Promise<Reply> {
    const { signal, onProgress } = options;
    if (signal?.aborted || this.#channel.gone) return Promise.reject(cancelled());
    const key = `${op} ${JSON.stringify(args)}`;
    const job = this.#byKey.get(key) ?? this.#enqueue(key, op, args, keep);
    job.waiting++;
    if (onProgress) job.progress.add(onProgress);
    return new Promise((resolve, reject) => {
      const leave = () => {
        if (onProgress) job.progress.delete(onProgress);
        if (--job.waiting === 0) this.#abandon(job);
        reject(cancelled());
      };
      signal?.addEventListener("abort", leave, { once: true });
      job.settled.then(resolve, reject).finally(() => signal?.removeEventListener("abort", leave));
    });
  }

  /** Cancel everything under way. */
  clear(): void {
    for (const job of [...this.#byKey.values()]) {
      this.#abandon(job);
      job.reject(cancelled());
    }
  }

  #enqueue(key: string, op: string, args: object, keep: (reply: Reply) => void): Job {
    const { promise, resolve, reject } = withResolvers<Reply>();
    promise.catch(() => {});
    const id = `${this.#prefix}-${++this.#count}`;
    const job: Job = {
      id,
      key,
      op,
      args,
      settled: promise,
      resolve,
      reject,
      keep,
      progress: new Set(),
      waiting: 0,
      sent: false,
    };
    this.#byKey.set(key, job);
    if (this.#queue.push(job) === 1) this.#timing.frame(() => this.#flush());
    return job;
  }

  #flush(): void {
    const jobs = this.#queue;
    this.#queue = [];
    const [only] = jobs;
    if (!only) return;
    const requests = jobs.map(({ id, op, args }) => ({ id, op, args }));
    for (const job of jobs) {
      job.sent = true;
      this.#byId.set(job.id, job);
    }
    this.#listenForSilence();
    try {
      this.#channel.send(
        jobs.length === 1 ? { v: version, ...requests[0] } : { v: version, op: "batch", requests },
      );
    } catch {
      this.#lose("The connection to Python is gone. Run the cell again, then retry.");
    }
  }

  #receive(message: unknown, buffers: readonly Bytes[]): void {
    const m = message as Record<string, unknown> | null;
    const job = m && typeof m === "object" && typeof m.id === "string" ? this.#byId.get(m.id) : undefined;
    if (!m || !job) return;
    this.#listenForSilence();
    if (m.op === "progress") {
      for (const report of job.progress) report(Number(m.done), Number(m.total));
      return;
    }
    this.#byId.delete(job.id);
    if (this.#byKey.get(job.key) === job) this.#byKey.delete(job.key);
    if (this.#byId.size === 0) clearTimeout(this.#timer);
    if (m.ok !== true) {
      job.reject(
        m.error === "cancelled" ? cancelled() : new Error(String(m.error ?? "Python sent no answer.")),
      );
      return;
    }
    const reply: Reply = { meta: (m.meta ?? {}) as Reply["meta"], buffers };
    try {
      job.keep(reply);
      job.resolve(reply);
    } catch (error) {
      job.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Drop a request, and cancel it if it was sent. */
  #abandon(job: Job): void {
    if (this.#byKey.get(job.key) !== job) return;
    this.#byKey.delete(job.key);
    this.#queue = this.#queue.filter((other) => other !== job);
    if (!job.sent) return;
    this.#byId.delete(job.id);
    if (this.#byId.size === 0) clearTimeout(this.#timer);
    try {
      this.#channel.send({ v: version, op: "cancel", id: job.id });
    } catch {
      // A lost kernel has nothing to cancel.
    }
  }

  /** Start the wait for a message again; requests fail when none comes in time. */
  #listenForSilence(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const seconds = Math.round(this.#timing.silence / 1000);
      this.#lose(
        `Python has not answered for ${seconds} seconds: it may be busy or stopped. Wait or run the cell again, then retry.`,
      );
    }, this.#timing.silence);
  }

  /** Fail all requests that were sent; late answers are still kept. */
  #lose(why: string): void {
    clearTimeout(this.#timer);
    for (const job of this.#byId.values()) {
      if (this.#byKey.get(job.key) === job) this.#byKey.delete(job.key);
      job.reject(new Error(why));
    }
  }
}

/** `Promise.withResolvers`, which older browsers lack. */
function withResolvers<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (error: Error) => void;
} {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
