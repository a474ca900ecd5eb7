import { expect, test } from "vitest";
import { Requests } from "./requests";

test("only the answer to the last question of a kind is heard", async () => {
  const sent: { id: number; op: string }[] = [];
  let answer: (message: never) => void = () => {};
  const model = {
    send: (message: object) => sent.push(message as { id: number; op: string }),
    on: (_: string, handler: (message: never) => void) => {
      answer = handler;
    },
    off: () => {
      answer = () => {};
    },
  };
  const end = new AbortController();
  const requests = new Requests(model, end.signal);
  const [first, second, other] = [
    requests.ask("texts", { first: 0 }),
    requests.ask("texts", { first: 10 }),
    requests.ask("words", {}),
  ];
  expect(await first).toBeUndefined();
  const [old, last, words] = sent.map(({ id }) => id);
  answer({ id: words, error: "no" } as never);
  answer({ id: old, meta: 1 } as never);
  answer({ id: last, meta: 2 } as never);
  expect(await second).toBe(2);
  expect(await other).toEqual({ error: "no" });
  const gone = requests.ask("texts", {});
  end.abort();
  answer({ id: sent.at(-1)?.id, meta: 3 } as never);
  expect(await Promise.race([gone, Promise.resolve("nothing")])).toBe("nothing");
});
