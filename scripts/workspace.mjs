import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's top folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Reads and parses a JSON file. */
export const readJson = (file) => JSON.parse(readFileSync(file, "utf8"));

/** Every package and app: `{ folder, manifest }`, folder relative to the top. */
export function readWorkspace(top = root) {
  return ["packages", "apps"]
    .flatMap((parent) =>
      (existsSync(join(top, parent)) ? readdirSync(join(top, parent)) : []).map(
        (name) => `${parent}/${name}`,
      ),
    )
    .filter((folder) => existsSync(join(top, folder, "package.json")))
    .map((folder) => ({ folder, manifest: readJson(join(top, folder, "package.json")) }));
}

/** The names of the workspace packages that a manifest needs at run time, so what a tarball of it needs beside it. */
export function runtimeDependencies(manifest, byName) {
  const names = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  return names.filter((name) => byName.has(name));
}

/** A package and all workspace packages that it needs at run time, itself included. */
export function runtimeClosure(name, workspace) {
  const byName = new Map(workspace.map((entry) => [entry.manifest.name, entry]));
  const found = new Set();
  const visit = (next) => {
    if (found.has(next)) return;
    found.add(next);
    for (const needed of runtimeDependencies(byName.get(next).manifest, byName)) visit(needed);
  };
  visit(name);
  return workspace.filter((entry) => found.has(entry.manifest.name));
}

/**
 * What users of a package would miss if it were packed now: files that its `publishConfig` names, and the declarations
 * of each source file; paths relative to the folder.
 */
export function missingFromDist(folder) {
  const { publishConfig } = readJson(join(folder, "package.json"));
  const entries = Object.values(publishConfig.exports).flatMap((target) =>
    typeof target === "string" ? [target] : Object.values(target),
  );
  const declarations = readdirSync(join(folder, "src"), { recursive: true })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => `./dist/${file.replace(/\.ts$/, ".d.ts")}`);
  return [...new Set([...entries, ...declarations])].filter((file) => !existsSync(join(folder, file)));
}
