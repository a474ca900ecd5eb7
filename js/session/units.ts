/** How tokens and steps are read together. */

/** What is read together. */
export const groupings = ["token", "word", "sentence", "message"] as const;

export type Grouping = (typeof groupings)[number];

/** How the tokens of a unit become one. */
export const unitRules = ["sum", "mean", "max"] as const;

export type UnitRule = (typeof unitRules)[number];

/** How several steps become one. */
export type SpanRule = "mean" | "sum";
