/** The messages both test suites read, and a channel without a kernel. */
import { gzipSync } from "node:zlib";
import messages from "../../tests/fixtures/messages.json";
import type { Bytes } from "./buffers";
import type { Content } from "./content";
import type { Channel } from "./requests";

interface Message {
  readonly v: number;
  readonly id: string;
  readonly op: string;
  readonly args: Record<string, unknown>;
}

type Planted = readonly (number | "NaN")[];

export interface Fixture {
  readonly content: Content;
  /** The numbers behind all answers; attention by step, layer, head. */
  readonly planted: {
    readonly saliency: readonly Planted[];
    readonly input_x_gradient: readonly Planted[];
    readonly attention: readonly (readonly (readonly Planted[])[])[];
  };
  readonly notes: Readonly<Record<string, readonly (string | null)[]>>;
  readonly requests: readonly {
    readonly name: string;
    readonly request: Message;
    readonly answer: {
      readonly meta: Record<string, unknown>;
      readonly dtype: "float32" | "uint8";
      readonly values: readonly (number | "NaN")[];
    };
  }[];
  readonly errors: readonly { readonly request: Message; readonly answer: Record<string, unknown> }[];
  readonly progress: Record<string, unknown>;
  readonly cancel: Record<string, unknown>;
  readonly batch: Record<string, unknown> & { readonly requests: readonly Omit<Message, "v">[] };
}

export const fixture = messages as unknown as Fixture;

/** A prompt of two tokens and an answer of two. */
export const sample: Content = {
  v: 1,
  model: "demo",
  tokens: { count: 4, start: [0, 1, 2, 3], text: ["<s>", " Paris", " is", " 東"], special: [0] },
  inputs: 3,
  sections: [
    { title: "Prompt", start: 0, end: 2 },
    { title: "Answer", start: 2, end: 4 },
  ],
  steps: {
    first: 2,
    count: 2,
    probability: [0.75, 0.5],
    rank: [1, 2],
    entropy: [0.5, 1.25],
    alternatives: [[[" was", 0.125, 7]], []],
  },
  methods: [
    {
      name: "saliency",
      title: "Saliency",
      signed: false,
      shares: true,
      attention: false,
      description: "saliency of log-probability, L2 norm",
    },
    {
      name: "input_x_gradient",
      title: "Input × gradient",
      signed: true,
      shares: false,
      attention: false,
      description: "input × gradient of the logit",
    },
    {
      name: "attention",
      title: "Attention",
      signed: false,
      shares: true,
      attention: true,
      description: "attention",
    },
  ],
  contrast: { input_x_gradient: "input × gradient of logit minus the foil's" },
  layers: 2,
  heads: 2,
  attention_note: null,
  warnings: [],
};

/** A prompt of three tokens and an answer of two; three layers of four heads. */
export const president: Partial<Content> = {
  tokens: {
    count: 5,
    start: [0, 1, 2, 3, 4],
    text: ["<b>", " of", " America", " George", " Washington"],
    special: [0],
  },
  inputs: 4,
  sections: [],
  steps: {
    first: 3,
    count: 2,
    probability: [0.9, 0.99],
    rank: [1, 1],
    entropy: [0, 0],
    alternatives: [[], []],
  },
  methods: [
    { name: "saliency", title: "Saliency", signed: false, shares: true, attention: false, description: "" },
    { name: "attention", title: "Attention", signed: false, shares: true, attention: true, description: "" },
  ],
  layers: 3,
  heads: 4,
};

export const numbers = (values: readonly (number | "NaN")[]): number[] => values.map(Number);

export const encode = (dtype: "float32" | "uint8", values: readonly (number | "NaN")[]): ArrayBuffer =>
  (dtype === "float32" ? Float32Array.from(numbers(values)) : Uint8Array.from(numbers(values))).buffer;

/** Keeps what is sent; `answer` plays the kernel. */
export class FakeChannel implements Channel {
  readonly sent: Record<string, unknown>[] = [];
  answer: (message: unknown, buffers?: readonly Bytes[]) => void = () => {};

  send(message: object): void {
    this.sent.push(message as Record<string, unknown>);
  }

  listen(handler: (message: unknown, buffers: readonly Bytes[]) => void): void {
    this.answer = (message, buffers = []) => handler(message, buffers);
  }
}

const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%()*+-;=>?@^_`{|}~,.";

/** What Python packs into a page: gzip in base 85. */
export function packedText(content: string | Uint8Array): string {
  const bytes = gzipSync(content);
  const missing = -bytes.length & 3;
  const padded = Buffer.concat([bytes, Buffer.alloc(missing)]);
  let text = "";
  for (let i = 0; i < padded.length; i += 4)
    for (let k = 4; k >= 0; k--) text += letters[Math.floor(padded.readUInt32BE(i) / 85 ** k) % 85];
  return text.slice(0, text.length - missing);
}
