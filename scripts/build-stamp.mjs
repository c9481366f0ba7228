import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./workspace.mjs";

const notInput = new Set(["node_modules", "dist", "test", "data", ".turbo", "coverage"]);
const sharedInputs = ["tsup.base.ts", "tsconfig.base.json", "turbo.json", "pnpm-lock.yaml"];

function addFile(hash, top, file) {
  if (!existsSync(join(top, file))) return;
  const { size, mtimeMs } = statSync(join(top, file));
  hash.update(`${file}\0${size}\0${mtimeMs}\n`);
}

function addFolder(hash, top, folder, wanted) {
  if (!existsSync(join(top, folder))) return;
  const entries = readdirSync(join(top, folder), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!wanted(entry.name)) continue;
    if (entry.isDirectory()) addFolder(hash, top, `${folder}/${entry.name}`, wanted);
    else addFile(hash, top, `${folder}/${entry.name}`);
  }
}

/**
 * A digest over names, sizes and times of what a build of these folders reads and of the JavaScript that it wrote. It costs
 * a few milliseconds, where asking turbo whether there is anything to do costs several hundred. When it differs, turbo
 * decides by content.
 */
export function buildFingerprint(folders, top = root) {
  const hash = createHash("sha256");
  for (const file of sharedInputs) addFile(hash, top, file);
  for (const folder of folders) {
    addFolder(hash, top, folder, (name) => !notInput.has(name) && !name.endsWith(".md"));
    hash.update(existsSync(join(top, folder, "dist")) ? "built\n" : "not built\n");
    addFolder(hash, top, `${folder}/dist`, (name) => !name.endsWith(".d.ts"));
  }
  return hash.digest("hex");
}

const stampFile = (top, label) => join(top, "node_modules", ".cache", "ss-build", `${label}.txt`);

/** Whether the folders are as they were after the build that `writeStamp` recorded under this label. */
export function isFresh(label, folders, top = root) {
  const file = stampFile(top, label);
  return existsSync(file) && readFileSync(file, "utf8") === buildFingerprint(folders, top);
}

/** Records that the folders are built as they stand now. */
export function writeStamp(label, folders, top = root) {
  const file = stampFile(top, label);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, buildFingerprint(folders, top));
}
