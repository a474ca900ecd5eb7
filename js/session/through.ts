/** A session that passes shares on through the answer's own words where that is asked for. */
import type { ReadonlySignal } from "@preact/signals-core";
import type { Content } from "./content";
import type { PassedOn } from "./passed-on";
import type { ScoreQuery } from "./scores";
import type { Session } from "./session";

type Answers = Pick<Session, "scores" | "known" | "note" | "sums" | "column" | "map">;

/** Answer as `session` does, and by `PassedOn`, which is unpacked at first use, what is asked for `through`. */
export function passingOn(session: Session, content: ReadonlySignal<Content>): Session {
  let known: PassedOn | null = null;
  const passed = async () => {
    const module = await import("./passed-on");
    known ??= new module.PassedOn(session, content);
    return known;
  };
  const answers: Answers = {
    scores: async (query, steps, options) =>
      query.through ? (await passed()).scores(query, steps, options) : session.scores(query, steps, options),
    known: (query, step) =>
      query.through ? (known?.known(query, step) ?? null) : session.known(query, step),
    note: (query, step) => (query.through ? null : session.note(query, step)),
    sums: (query: ScoreQuery, step) => (query.through ? null : session.sums(query, step)),
    column: async (query, input, options) =>
      query.through ? (await passed()).column(query, input, options) : session.column(query, input, options),
    map: async (query, options) =>
      query.through ? (await passed()).map(query, options) : session.map(query, options),
  };
  return new Proxy(session, {
    get(target, name) {
      if (name in answers) return answers[name as keyof Answers];
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
