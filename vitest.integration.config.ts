import { defineConfig } from "vitest/config";
import { projects } from "./scripts/vitest-projects.mjs";

export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
  test: {
    include: ["test/**/*.integration.test.ts"],
    // Real servers start slowly and share the machine with the tests.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 180_000,
    reporters: ["verbose", "./scripts/total-reporter.mjs"],
    projects: projects(),
  },
});
