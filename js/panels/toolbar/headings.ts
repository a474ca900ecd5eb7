/** The headings of the list of all methods, and how long a method takes. */
import { questions } from "./questions";

/** One line under each heading for who never saw a gradient. */
const plainly: Readonly<Record<string, string>> = {
  need: "Takes words away and watches how far the answer falls.",
  depend: "Asks by how much the answer would move if a word moved a little.",
  push: "Says which words speak for the answer and which against it.",
  look: "Shows where attention went, which need not be why.",
};

/** The order of the headings; "" has the methods with a question of their own. */
export const order = [...Object.keys(questions), ""] as const;

export const headingOf = (question: string): readonly [heading: string, plainly: string] => {
  const ask = questions[question];
  return ask ? [`What ${ask}?`, plainly[question] ?? ""] : ["Others", "Ask questions of their own."];
};

/** How long a method takes: "instant", "3 s", "1 min". */
export function costText(seconds: number | undefined): string {
  if (seconds === undefined) return "";
  if (seconds < 0.5) return "instant";
  return seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`;
}
