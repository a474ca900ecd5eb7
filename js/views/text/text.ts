/** The text view: prompt and answer as running text, tinted by what each unit gave to the one explained. */
import type { View } from "../../context";
import { mountRunningText, styles } from "../running-text/running-text";

export const text: View = { id: "text", title: "Text", styles, mount: mountRunningText };
