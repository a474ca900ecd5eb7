/** The least end of a colour scale: scores that are rounding errors alone must not fill it. */
import type { ScoreQuery } from "../session/scores";
import type { Session } from "../session/session";

/** How the note on such scores begins, in methods/request/footnotes.py. */
const nothing = "About 0 by construction";

/** 1, a whole logit, when a note says that the scores are about 0 by construction; else 0. */
export function scaleFloor(session: Session, query: ScoreQuery, steps: readonly number[]): number {
  return steps.some((step) => session.note(query, step)?.startsWith(nothing)) ? 1 : 0;
}
