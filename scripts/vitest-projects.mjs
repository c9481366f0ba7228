import { existsSync } from "node:fs";
import { join } from "node:path";
import { readWorkspace, root } from "./workspace.mjs";

/**
 * One vitest project for each package and app, named like it, and one for the scripts. A folder with a vitest.config.ts of
 * its own keeps that; the others share the root's settings.
 */
export function projects() {
  const folders = readWorkspace().map(({ folder, manifest }) =>
    existsSync(join(root, folder, "vitest.config.ts"))
      ? `${folder}/vitest.config.ts`
      : { extends: true, test: { name: manifest.name, root: join(root, folder) } },
  );
  return [...folders, { extends: true, test: { name: "scripts", root: join(root, "scripts") } }];
}
