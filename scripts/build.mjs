import { isFresh, writeStamp } from "./build-stamp.mjs";
import { runOrExit, tool } from "./processes.mjs";
import { readWorkspace, runtimeClosure } from "./workspace.mjs";

const turboFlags = ["--output-logs=errors-only", "--log-order=grouped", "--concurrency=2"];

/** Runs turbo tasks, two at a time; shows a task's output only when it fails. */
export const turbo = (...args) => runOrExit(tool("turbo"), ["run", ...args, ...turboFlags]);

async function buildEntries(label, entries, filter) {
  const folders = entries.filter((entry) => entry.manifest.scripts?.build).map((entry) => entry.folder);
  if (folders.length === 0 || isFresh(label, folders)) return;
  await turbo("build", ...filter);
  writeStamp(label, folders);
}

/** Builds the JavaScript of every package and app. */
export const buildAll = () => buildEntries("all", readWorkspace(), []);

/** Builds the JavaScript of an app and of the packages that it depends on. */
export async function buildApp(folder) {
  const workspace = readWorkspace();
  const app = workspace.find((entry) => entry.folder === folder);
  const name = app.manifest.name;
  await buildEntries(folder.replace("/", "-"), runtimeClosure(name, workspace), [`--filter=${name}...`]);
}
