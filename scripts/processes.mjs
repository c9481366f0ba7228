import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { root } from "./workspace.mjs";

const windows = process.platform === "win32";
const binaries = join(root, "node_modules", ".bin");

/** The environment of every tool: turbo looks for pnpm on the PATH, and the pinned one is a devDependency. */
export const environment = {
  ...process.env,
  PATH: [binaries, process.env.PATH].join(delimiter),
  TURBO_TELEMETRY_DISABLED: "1",
  TURBO_NO_UPDATE_NOTIFIER: "1",
  DO_NOT_TRACK: "1",
  npm_config_update_notifier: "false",
  npm_config_fund: "false",
  npm_config_audit: "false",
};

/** The path of a tool that the root package.json installs. */
export const tool = (name) => join(binaries, windows ? `${name}.cmd` : name);

/**
 * Runs a program to its end and gives its exit code. `capture` collects what it prints instead of showing it.
 * A signal to this process is passed on, so that no child outlives it.
 */
export function run(command, args, { cwd = root, env = {}, capture = false, timeoutMs = 0 } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...environment, ...env },
      shell: windows,
      stdio: capture ? ["ignore", "pipe", "pipe"] : "inherit",
    });
    let output = "";
    for (const stream of capture ? [child.stdout, child.stderr] : []) {
      stream.setEncoding("utf8").on("data", (text) => {
        output += text;
      });
    }
    const timer = timeoutMs > 0 ? setTimeout(() => child.kill("SIGKILL"), timeoutMs) : undefined;
    const forward = (signal) => child.kill(signal);
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
    for (const signal of signals) process.on(signal, forward);
    const settle = () => {
      clearTimeout(timer);
      for (const signal of signals) process.off(signal, forward);
    };
    child.on("error", (error) => {
      settle();
      reject(error);
    });
    child.on("close", (code, signal) => {
      settle();
      resolve({ code: code ?? 1, signal, output });
    });
  });
}

/** Runs a program and ends this process with its exit code unless that is 0. */
export async function runOrExit(command, args, options) {
  const { code } = await run(command, args, options);
  if (code !== 0) process.exit(code);
}

/** Works through `items` with at most `limit` of them under way; results keep the order of the items. */
export async function inParallel(limit, items, work) {
  const results = new Array(items.length);
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  return results;
}
