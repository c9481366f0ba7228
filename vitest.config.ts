import { configDefaults, defineConfig } from "vitest/config";
import { projects } from "./scripts/vitest-projects.mjs";

export default defineConfig({
  // Tests run on the sources: no build stands between a change and its test.
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
  test: {
    include: ["test/**/*.test.{ts,mjs}"],
    exclude: [...configDefaults.exclude, "**/*.integration.test.ts"],
    passWithNoTests: true,
    // A promise that is not kept hangs; the limit is for that alone, and generous to a loaded machine.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Modules hold no state of their own, so test files may share a process and what it has loaded: three times as fast.
    isolate: false,
    reporters: ["default", "./scripts/total-reporter.mjs"],
    projects: projects(),
  },
});
