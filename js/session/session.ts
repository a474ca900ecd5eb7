/** The interface through which views get their numbers: each part stands in the file of what it is about. */
import type { Asked } from "./answers";
import type { Changes } from "./changes";
import type { Checks } from "./checks";
import type { DrawFigure } from "./figure";
import type { FindFoil } from "./foil";
import type { Heads } from "./heads";
import type { Lens } from "./lens";
import type { RequestOptions } from "./requests";
import type { Scores } from "./scores";

export interface Session extends Scores, Heads, Checks, Lens {
  readonly changes: Changes;
  readonly foil: FindFoil;
  /** Only where Python runs, which draws it. */
  readonly figure?: DrawFigure;
  /** What a panel that is opened on request reads in its own way, such as queries and keys. */
  ask(op: string, args: object, options?: RequestOptions): Promise<Asked>;
}
