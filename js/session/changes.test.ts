import { expect, test } from "vitest";
import type { Changes } from "./changes";
import { kernelChanges, noChanges } from "./changes";
import { Requests } from "./requests";
import { encode, FakeChannel } from "./testing";

const ways: readonly (readonly [string, (changes: Changes) => Promise<unknown>, object])[] = [
  ["try", (changes) => changes.try(0, [[1, 2, "Rome"]]), { step: 0, changes: [[1, 2, "Rome"]] }],
  ["likely", (changes) => changes.likely(1, 2), { start: 1, end: 2 }],
  ["edit", (changes) => changes.keep([[1, 2, ""]]), { changes: [[1, 2, ""]] }],
  [
    "continue",
    (changes) => changes.writeOn({ step: 1, ids: [7, 8], text: " was" }),
    { step: 1, foil: [7, 8] },
  ],
  ["back", (changes) => changes.back(), {}],
];

test.each(ways)("%s asks the kernel", async (op, ask, args) => {
  const channel = new FakeChannel();
  const answer = ask(kernelChanges(new Requests(channel, { frame: (send) => send() })));
  expect(channel.sent).toEqual([{ v: 1, id: expect.any(String), op, args }]);
  const meta = { words: ["Paris", "Rome"], answer: null };
  channel.answer({ v: 1, id: channel.sent[0]?.id, ok: true, meta }, [
    encode("float32", [-1.5, 0.5, 0.25, 0.125, 0.75]),
  ]);
  const found = {
    words: [
      ["Paris", 0.5, 0.25],
      ["Rome", 0.125, 0.75],
    ],
    nats: -1.5,
    answer: null,
  };
  expect(await answer).toEqual({ try: found, likely: meta.words }[op]);
});

test.each(ways)("%s needs the model", async (_, ask) => {
  await expect(ask(noChanges)).rejects.toThrow("needs the model, which this page does not carry");
});
