// The tasks of package.json's scripts. From a fresh clone Node and npm are enough: dependencies are installed when the
// lockfile changed, what a task runs is built when its sources changed, then the task starts.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { install } from "./install.mjs";
import { readJson, root } from "./workspace.mjs";

const fail = (message) => {
  console.error(message);
  process.exit(1);
};

/** The engines field as a sentence, since an older Node would fail later with something harder to read. */
function requireNode(wanted) {
  const [major, minor] = process.versions.node.split(".").map(Number);
  const [wantedMajor, wantedMinor] = wanted.replace(/^>=/, "").split(".").map(Number);
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  fail(`Node ${process.versions.node} runs this, and ${wanted} is needed.`);
}

/** Builds an app and becomes it: the app runs in this process, so signals and exit codes are its own. */
async function runApp(folder, args) {
  if (!existsSync(join(root, folder, "package.json")))
    fail(`${folder} is not part of this checkout: nothing to run.`);
  const { buildApp } = await import("./build.mjs");
  await buildApp(folder);
  const main = join(root, folder, "dist", "main.js");
  process.argv = [process.execPath, main, ...args];
  await import(pathToFileURL(main).href);
}

const tasks = {
  demo: (args) => runApp("apps/retail", args),
  "kafka-to-parquet": (args) => runApp("apps/kafka-to-parquet", args),
  "ad-analytics": (args) => runApp("apps/ad-analytics", args),
  conformance: (args) => runApp("apps/conformance", args),
  simulate: (args) => runApp("apps/simulate", args),
  bench: (args) => runApp("apps/bench", args),
  async build() {
    const { buildAll, turbo } = await import("./build.mjs");
    await buildAll();
    await turbo("types");
  },
  async test(args) {
    const { buildAll } = await import("./build.mjs");
    const { runTests } = await import("./run-tests.mjs");
    await buildAll();
    process.exitCode = await runTests(args);
  },
  async integration(args) {
    const { buildAll } = await import("./build.mjs");
    const { runTests } = await import("./run-tests.mjs");
    await buildAll();
    process.exitCode = await runTests(["--config", "vitest.integration.config.ts", ...args]);
  },
  async check() {
    const { check } = await import("./check.mjs");
    process.exitCode = await check();
  },
};

const [name, ...args] = process.argv.slice(2);
if (!Object.hasOwn(tasks, name ?? ""))
  fail(`Usage: node scripts/run.mjs ${Object.keys(tasks).join("|")} [arguments]`);
requireNode(readJson(join(root, "package.json")).engines.node);
await install();
await tasks[name](args);
