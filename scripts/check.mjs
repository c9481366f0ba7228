import { checkPackages } from "./check-packages.mjs";
import { checkTypes } from "./check-types.mjs";
import { run, tool } from "./processes.mjs";

const turbo = (...tasks) => [
  tool("turbo"),
  ["run", ...tasks, "--output-logs=errors-only", "--concurrency=2"],
];
const vitest = (...projects) => [tool("vitest"), ["run", ...projects.flatMap((name) => ["--project", name])]];

const succeeds = async ([command, args]) => (await run(command, args)).code === 0;

const steps = [
  {
    name: "lint",
    run: () => succeeds([tool("biome"), ["check", "--error-on-warnings", "--max-diagnostics=100", "."]]),
  },
  { name: "tidy", run: () => succeeds(vitest("@ss/tidy", "scripts")) },
  { name: "types", run: checkTypes },
  {
    name: "kernels",
    run: () => succeeds([process.execPath, ["packages/kernels/scripts/build-wasm.mjs", "--check"]]),
  },
  { name: "build", run: () => succeeds(turbo("build", "types")) },
  { name: "packages", run: checkPackages, needs: ["build"] },
];

/** Runs every check, also after one failed, and closes with a line for each. Gives the exit code. */
export async function check() {
  const outcome = new Map();
  const lines = [];
  for (const step of steps) {
    const missing = step.needs?.filter((name) => outcome.get(name) !== true) ?? [];
    if (missing.length > 0) {
      outcome.set(step.name, false);
      lines.push(`${step.name}: not run, ${missing.join(" and ")} failed`);
      continue;
    }
    console.log(`\n--- ${step.name}`);
    const startedAt = performance.now();
    const ok = await step.run();
    outcome.set(step.name, ok);
    lines.push(
      `${step.name}: ${ok ? "ok" : "FAILED"} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`,
    );
  }
  console.log(`\n${lines.join("\n")}`);
  return [...outcome.values()].every(Boolean) ? 0 : 1;
}
