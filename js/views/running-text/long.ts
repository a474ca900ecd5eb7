/** What a long text has on its page, or one with thoughts or documents: folds of what holds little, chips, the minimap, the marks of a search. */
import type { Context } from "../../context";
import { minimap } from "../../panels/minimap/minimap";
import { followHits } from "../../panels/search/marks";
import { isLong } from "../../state/groups";
import { followLit } from "./lit";
import type { Page } from "./page";
import { followRest } from "./rest";
import { followSentences } from "./sentence-chips";
import { followSight, followSought } from "./sight";
import { followThoughts } from "./thoughts";

export function followLong(page: Page, ctx: Context): void {
  if (ctx.state.content.peek().thoughts) followThoughts(page, ctx);
  if (ctx.state.content.peek().rests) {
    followLit(page, ctx);
    followSentences(page, ctx);
  }
  followSought(page, ctx);
  followHits(page, ctx);
  if (!isLong(ctx.state.sent.peek())) return;
  followRest(page, ctx);
  followSight(page, ctx);
  minimap.mount(page, ctx);
}
