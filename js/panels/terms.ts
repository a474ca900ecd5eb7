/** The field's words on the screen, each with one plain sentence and its formula, for who never saw a gradient. */
import { h, type RichText } from "../dom";

/** The words as they stand in a sentence, longest first where one begins like another. */
const terms: readonly (readonly [word: RegExp, name: string, plainly: string, formula: string])[] = [
  [
    /logit lens/,
    "logit lens",
    "What a layer would have said were it the last: its hidden state goes through the model's own final norm and unembedding (nostalgebraist 2020).",
    "softmax(W · norm(h))",
  ],
  [
    /log-probability/,
    "log-probability",
    "The logarithm of the probability, so that a fall from .01 to .001 counts like one from .1 to .01.",
    "ln p",
  ],
  [/joint p\b/, "joint p", "How likely the model found all these tokens one after the other.", "p₁ · p₂ · …"],
  [
    /\bp\b(?= [=<>])/,
    "p",
    "The probability that the model gave this word at this place.",
    "p = exp(logit) / Σ exp(logits of all words)",
  ],
  [
    /\blogits?\b/,
    "logit",
    "The model's raw score of a word, before the scores of all words become probabilities.",
    "p = exp(logit) / Σ exp(logits)",
  ],
  [
    /\brank\b/,
    "rank",
    "The word's place among all words by probability: 1 is the likeliest.",
    "1 + how many words have a greater p",
  ],
  [/L2 norm/, "L2 norm", "The length of a list of numbers, which has no sign.", "‖g‖ = √(g₁² + g₂² + …)"],
  [
    /dot product/,
    "dot product",
    "Two lists of numbers multiplied one by one and added up; it has a sign.",
    "e · g = e₁g₁ + e₂g₂ + …",
  ],
  [
    /input × (?:modified )?gradient/i,
    "input × gradient",
    "How much the score would fall, were it a straight line, if the word's embedding went to zero.",
    "e · ∂s/∂e",
  ],
  [
    /\bsaliency\b/i,
    "saliency",
    "How fast the score changes when the word's embedding moves a little, whatever the direction.",
    "‖∂s/∂e‖",
  ],
  [
    /\bgradient\b/i,
    "gradient",
    "How fast a score changes when an input changes a little: one number for each number of its embedding.",
    "∂s/∂e",
  ],
  [
    /\battention\b/i,
    "attention",
    "How much a head reads from each earlier token; its weights add up to 1.",
    "softmax(q · k / √d)",
  ],
  [
    /the foil's|\bfoil\b/,
    "foil",
    "The other word in “why this and not that”.",
    "s = logit of the word − logit of the foil",
  ],
  [
    /\bheads?\b/,
    "head",
    "A part of a layer that reads earlier tokens in a way of its own; a layer has several.",
    "Σ attention · value",
  ],
  [
    /row sums to 1|sums to/,
    "row sums to 1",
    "The numbers are shares: each is divided by the sum of all inputs' numbers.",
    "share = number / Σ numbers",
  ],
  [
    /\bsinks?\b/,
    "sink",
    "A token, mostly the first, that takes what attention has left over, whatever the text says.",
    "its share of the row > 1/4",
  ],
  [
    /\bmasked\b/,
    "masked",
    "Hidden from the model: no other token can read it.",
    "its attention weight is 0 in every layer",
  ],
  [
    /equal share/,
    "equal share",
    "What each head would have if all gave the same; the scale begins here.",
    "1 / (layers · heads)",
  ],
  [
    /completeness residual/,
    "completeness residual",
    "How far the scores are from adding up to the change of the model's score that they should explain.",
    "Σ scores − (s(x) − s(baseline))",
  ],
];

const any = new RegExp(terms.map(([word]) => `(${word.source})`).join("|"), "i");

/** Mark the field's words in a text, so that each explains itself when it is pointed at. */
export function withTerms(text: RichText): RichText {
  return text.flatMap((piece) => (typeof piece === "string" ? split(piece) : [piece]));
}

const made = new Map<string, RichText>();
/** The pieces of a text; the same few texts come with every move of the pointer. */
function split(text: string): RichText {
  const known = made.get(text);
  if (known) return known;
  const out: RichText[number][] = [];
  let rest = text;
  for (let found = any.exec(rest); found; found = any.exec(rest)) {
    const [, , plainly, formula] = terms[found.slice(1).findIndex(Boolean)] as (typeof terms)[number];
    if (found.index > 0) out.push(rest.slice(0, found.index));
    out.push({ term: found[0], says: `${plainly}\n${formula}` });
    rest = rest.slice(found.index + found[0].length);
  }
  if (rest) out.push(rest);
  if (made.size > 500) made.clear();
  made.set(text, out);
  return out;
}

/** All of them, for the help panel. */
export function termList(): HTMLElement {
  const entries = terms.map(([, name, plainly, formula]) =>
    h("div", {}, h("dt", {}, name), h("dd", {}, plainly, " ", h("code", {}, formula))),
  );
  return h("dl", { class: "terms" }, ...entries);
}
