/** Requests to a kernel whose answers are kept, and the numbers in them. */
import { type Bytes, toFloat32 } from "./buffers";
import { Cache } from "./cache";
import type { Reply, RequestOptions, Requests } from "./requests";

/** How much a cache keeps: 16 MiB. */
export const cacheBytes = 16_777_216;

/** An answer as it was sent; the panel that asked reads it. */
export interface Asked {
  readonly meta: object;
  readonly numbers: Float32Array;
}

export const keyOf = (op: string, args: object): string => `${op} ${JSON.stringify(args)}`;

/** The buffer of an answer, which has so many bytes. */
export function buffer(reply: Reply, bytes: number): Bytes {
  const [only] = reply.buffers;
  if (!only)
    throw new Error(
      "The numbers did not arrive: this notebook's front end does not pass on binary messages.",
    );
  if (only.byteLength !== bytes) {
    throw new Error(`The answer from Python has ${only.byteLength} bytes instead of ${bytes}. Please retry.`);
  }
  return only;
}

export const floats = (reply: Reply, count: number): Float32Array => toFloat32(buffer(reply, 4 * count));

/** The numbers of an answer, however many there are. */
export const numbersOf = ({ buffers }: Reply): Float32Array => toFloat32(buffers[0] ?? new ArrayBuffer(0));

export class Answers {
  readonly requests: Requests;
  readonly cache: Cache<unknown>;
  readonly #stores: { clear(): void }[] = [];

  constructor(requests: Requests) {
    this.requests = requests;
    this.cache = this.emptied(new Cache<unknown>(cacheBytes));
  }

  /** A store that is emptied with the answers. */
  emptied<T extends { clear(): void }>(store: T): T {
    this.#stores.push(store);
    return store;
  }

  /** Cancel what is under way and forget everything, before another explanation. */
  clear(): void {
    this.requests.clear();
    for (const store of this.#stores) store.clear();
  }

  /** The answer to a request, which is sent once; it is kept even if nobody waits for it any more. */
  async ask<T>(op: string, args: object, decode: (reply: Reply) => T, options?: RequestOptions): Promise<T> {
    const key = keyOf(op, args);
    const known = this.cache.get(key);
    if (known) return known as T;
    let value: T | undefined;
    const keep = (reply: Reply) => {
      value = decode(reply);
      this.cache.set(key, value, reply.buffers[0]?.byteLength ?? 0);
    };
    const reply = await this.requests.ask(op, args, keep, options);
    return value ?? decode(reply);
  }
}
