/** The questions that methods answer, after "What": the words on the bar. */
import type { MethodInfo } from "../../session/scores";

export const questions: Readonly<Record<string, string>> = {
  need: "did it need",
  depend: "did it depend on",
  push: "pushed it",
  look: "did it look at",
};

export const askOf = ({ question }: MethodInfo): string => questions[question ?? ""] ?? "";
