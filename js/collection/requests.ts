/** Ask Python, and hear only the answer to the last question of each kind. */
export interface Sender {
  send(content: object): void;
  on(event: string, handler: (message: never) => void): void;
  off(event: string, handler: (message: never) => void): void;
}

interface Answer {
  readonly id: number;
  readonly error?: string;
  readonly meta?: unknown;
}

let count = 0;

export class Requests {
  readonly #model: Sender;
  readonly #waiting = new Map<string, { id: number; take: (answer: never) => void }>();

  constructor(model: Sender, signal: AbortSignal) {
    this.#model = model;
    const hear = (message: Answer) => {
      for (const [op, { id, take }] of this.#waiting)
        if (id === message.id) {
          this.#waiting.delete(op);
          take((message.error === undefined ? message.meta : { error: message.error }) as never);
        }
    };
    model.on("msg:custom", hear as (message: never) => void);
    signal.addEventListener("abort", () => model.off("msg:custom", hear as (message: never) => void));
  }

  /** The answer; undefined if another question of its kind was asked meanwhile. */
  ask<T>(op: string, args: object): Promise<T | { error: string } | undefined> {
    this.#waiting.get(op)?.take(undefined as never);
    return new Promise((take) => {
      const id = ++count;
      this.#waiting.set(op, { id, take });
      this.#model.send({ v: 1, id, op, args });
    });
  }
}
