import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inParallel, run, tool } from "./processes.mjs";
import { readJson, readWorkspace, root } from "./workspace.mjs";

/**
 * Checks the types of all sources and tests. Packages whose tsconfig.json only names its base and its folders are one
 * program, which reads shared sources once: a tenth of the time of a program each. A package with compiler options of its
 * own is checked by itself. Gives whether all is well.
 */
export async function checkTypes() {
  const members = readWorkspace()
    .filter(({ folder }) => existsSync(join(root, folder, "tsconfig.json")))
    .map(({ folder }) => ({ folder, config: readJson(join(root, folder, "tsconfig.json")) }));
  const together = members.filter(({ config }) => isPlain(config));
  const alone = members
    .filter(({ config }) => !isPlain(config))
    .map(({ folder }) => join(root, folder, "tsconfig.json"));
  const configs = [writeTogether(together), ...alone];
  const results = await inParallel(2, configs, (config) =>
    run(tool("tsc"), ["-p", config, "--pretty", "false"]),
  );
  return results.every(({ code }) => code === 0);
}

const isPlain = ({ extends: base, include, ...rest }) =>
  base === "../../tsconfig.base.json" && Array.isArray(include) && Object.keys(rest).length === 0;

function writeTogether(members) {
  const folder = join(root, "node_modules", ".cache", "ss-types");
  const config = {
    extends: join(root, "tsconfig.base.json"),
    compilerOptions: { incremental: true, tsBuildInfoFile: join(folder, "tsconfig.tsbuildinfo") },
    include: members.flatMap(({ folder: member, config: { include } }) =>
      include.map((part) => join(root, member, part)),
    ),
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  return join(folder, "tsconfig.json");
}
