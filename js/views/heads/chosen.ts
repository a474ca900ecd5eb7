/** What the view shows: a part of the attention, and the head of it that is enlarged. */
import type { Content } from "../../session/content";
import type { AttentionPart, Head } from "../../session/heads";
import type { State } from "../../state/state";

/** The part shown, or null for the steps of a model without parts. */
export function partOf({ content, options }: State): AttentionPart | null {
  const all = content.value.parts ?? [];
  return all.find(({ name }) => name === options.value.part) ?? all[0] ?? null;
}

/** The head enlarged here: the only one held or, of an encoder, its own; the answer's is enlarged in the matrix. */
export function enlargedHead(state: State): Head | null {
  const part = partOf(state);
  if (!part || part.name === "answer") return null;
  if (part.name === "encoder") {
    const own = state.options.value.enlarged;
    return own && own[0] < part.layers && own[1] < part.heads ? own : null;
  }
  const [only, ...more] = state.heads.value;
  return only && more.length === 0 ? only : null;
}

/** What a row of the pictures is. */
export function rowsOf(part: AttentionPart | null, { steps }: Pick<Content, "steps">): string {
  if (!part || part.name === "answer" || part.of_steps) return steps.step_noun?.[0] ?? "token of the answer";
  return part.name === "encoder" ? "token of the source" : "token";
}
