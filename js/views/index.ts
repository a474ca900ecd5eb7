/**
 * The views that the toolbar switches between; the first is shown at first. A new view is a folder beside this file
 * and a line here. The build writes their ids where Python reads the allowed values of its trait `view`.
 */
import type { View } from "../context";
import { flow } from "./flow/flow";
import { layers } from "./layers/layers";
import { matrix } from "./matrix/matrix";
import { text } from "./text/text";

export const views: readonly View[] = [text, flow, matrix, layers];
