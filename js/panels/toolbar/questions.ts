/** The questions that methods answer: on the bar, and as headings of the list of all methods. */
import type { MethodInfo } from "../../session/session";

/** After "What": the words on the bar, and the heading with one line for who never saw a gradient. */
const questions: Readonly<Record<string, readonly [ask: string, heading: string, plainly: string]>> = {
  need: ["did it need", "What did it need?", "Takes words away and watches how far the answer falls."],
  depend: [
    "did it depend on",
    "What did it depend on?",
    "Asks by how much the answer would move if a word moved a little.",
  ],
  push: ["pushed it", "What pushed it?", "Says which words speak for the answer and which against it."],
  look: ["did it look at", "What did it look at?", "Shows where attention went, which need not be why."],
};

/** The order of the headings; "" has the methods with a question of their own. */
export const order = [...Object.keys(questions), ""] as const;

export const askOf = ({ question }: MethodInfo): string => questions[question ?? ""]?.[0] ?? "";

export const headingOf = (question: string): readonly [heading: string, plainly: string] => {
  const found = questions[question];
  return found ? [found[1], found[2]] : ["Others", "Ask questions of their own."];
};

/** How long a method takes: "instant", "3 s", "1 min". */
export function costText(seconds: number | undefined): string {
  if (seconds === undefined) return "";
  if (seconds < 0.5) return "instant";
  return seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`;
}
