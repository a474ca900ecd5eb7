// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import type { Host } from "./host";
import { followTheme, hostStyles, hosts } from "./index";

/** The recipe "add a host": one file with a Host, listed once in hosts/index.ts. */
const toy: Host = {
  theme: ([body]) => (body?.dataset.toyMood === "gloomy" ? "dark" : null),
  variables: { background: "--toy-paper", ink: "--toy-pen" },
};

afterEach(() => vi.unstubAllGlobals());

test("a host that is listed has its theme followed and its colours taken over", async () => {
  vi.stubGlobal("matchMedia", () => Object.assign(new EventTarget(), { matches: false }));
  const [root, end] = [document.createElement("div"), new AbortController()];
  const theme = followTheme(root, end.signal, [...hosts, toy]);
  expect(theme.value).toBe("light");
  document.body.dataset.toyMood = "gloomy";
  await new Promise((resolve) => setTimeout(resolve));
  expect([theme.value, root.dataset.theme]).toEqual(["dark", "dark"]);
  end.abort();
  expect(hostStyles([toy])).toBe(".aw{--host-background:var(--toy-paper);--host-ink:var(--toy-pen);}");
});
