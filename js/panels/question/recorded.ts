/** A question in an exported page: answers are marked here. */
import type { Asked, Question, Reply, Verdict } from "./asked";
import { type Key, mark } from "./mark";

export interface RecordedQuestion extends Question {
  readonly key: Key;
}

export class Recorded implements Asked {
  #question: Question;
  readonly #key: Key;
  readonly #listeners = new Set<() => void>();

  constructor(question: RecordedQuestion) {
    this.#question = question;
    this.#key = question.key;
  }

  get(name: string): unknown {
    return name === "question" ? this.#question : undefined;
  }

  set(_name: string, value: unknown): void {
    const { hints, given } = value as Reply;
    const verdict = given ? this.#mark(given) : this.#question.verdict;
    this.#question = { ...this.#question, taken: hints, verdict };
    for (const listener of this.#listeners) listener();
  }

  on(_event: string, callback: () => void): void {
    this.#listeners.add(callback);
  }

  off(_event: string, callback: () => void): void {
    this.#listeners.delete(callback);
  }

  save_changes(): void {}

  #mark(given: readonly string[]): Verdict {
    const { kind, labels } = this.#question;
    return kind === "edit" ? { right: null, says: labels.needs_model ?? "" } : mark(this.#key, given);
  }
}
