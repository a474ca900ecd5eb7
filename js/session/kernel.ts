/** A session whose numbers come from a live kernel. */
import { Answers, numbersOf } from "./answers";
import { kernelChanges } from "./changes";
import { kernelChecks } from "./checks";
import { kernelFigure } from "./figure";
import { kernelFoil } from "./foil";
import { kernelHeads, type SentHeads } from "./heads";
import { kernelLens } from "./lens";
import { type Channel, Requests, type Timing } from "./requests";
import { kernelScores, type SentScores } from "./scores";
import type { Session } from "./session";

/** Python's trait `on_show`: the scores of the held steps, and what heads give to them. */
export interface OnShow extends SentScores {
  readonly heads?: SentHeads;
}

export interface KernelSession extends Session {
  readonly joined: NonNullable<Session["joined"]>;
  /** Forget everything, before another explanation. */
  clear(): void;
  /** Cancel what is under way: nobody answers. */
  giveUp(): void;
  /** Keep what came with the state, as if it had been asked for. */
  remember(sent: OnShow): void;
}

/** `inputs` gives the number of inputs in a row of scores. */
export function kernelSession(
  channel: Channel,
  inputs: () => number,
  timing: Partial<Timing> = {},
): KernelSession {
  const requests = new Requests(channel, timing);
  const answers = new Answers(requests);
  const [scores, rememberScores] = kernelScores(answers, inputs);
  const [heads, rememberHeads] = kernelHeads(answers);
  return {
    ...scores,
    ...heads,
    ...kernelChecks(answers),
    ...kernelLens(answers),
    changes: kernelChanges(requests),
    foil: kernelFoil(requests),
    figure: kernelFigure(requests),
    ask: (op, args, options) =>
      answers.ask(op, args, (reply) => ({ meta: reply.meta, numbers: numbersOf(reply) }), options),
    clear: () => answers.clear(),
    giveUp: () => requests.clear(),
    remember: (sent) => {
      if (sent.heads) rememberHeads(sent.steps, sent.heads);
      rememberScores(sent);
    },
  };
}
