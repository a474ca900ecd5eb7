import { defineConfig } from "vitest/config";

export default defineConfig({
  // Two files at once, on one core too: most tests wait for timers.
  test: { include: ["js/**/*.test.ts"], environment: "node", css: false, maxWorkers: 2, testTimeout: 30_000 },
});
