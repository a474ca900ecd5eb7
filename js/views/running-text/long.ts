/** What a long text has on its page, or one with thoughts: folds of what holds little, the minimap, what is in sight, the marks of a search. */
import type { Context } from "../../context";
import { minimap } from "../../panels/minimap/minimap";
import { followHits } from "../../panels/search/marks";
import { isLong } from "../../state/groups";
import type { Page } from "./page";
import { followRest } from "./rest";
import { followSight, followSought } from "./sight";
import { followThoughts } from "./thoughts";

export function followLong(page: Page, ctx: Context): void {
  if (ctx.state.content.peek().thoughts) followThoughts(page, ctx);
  followSought(page, ctx);
  followHits(page, ctx);
  if (!isLong(ctx.state.sent.peek())) return;
  followRest(page, ctx);
  followSight(page, ctx);
  minimap.mount(page, ctx);
}
