/** The text view: prompt and answer as running text, tinted by what each unit gave to the one explained. */
import type { Part, ViewContext } from "../../context";
import { mountRunningText, styles } from "../running-text/running-text";

export const text: Part<ViewContext> = { styles, mount: mountRunningText };
