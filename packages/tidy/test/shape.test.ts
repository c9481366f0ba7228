import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { allowedArrows } from "../src/arrows.js";
import {
  apps,
  filesBelow,
  type Member,
  publishedPackages,
  readText,
  root,
  sourceFiles,
} from "../src/repository.js";

const coreRange = "workspace:>=0.1.0 <1.0.0";

/** The `source` condition is for this repository alone: what is published has the same entries without it. */
function withoutSource(exports: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(exports).map(([entry, target]) => {
      if (typeof target !== "object" || target === null) return [entry, target];
      const { source: _, ...rest } = target as Record<string, unknown>;
      return [entry, rest];
    }),
  );
}

describe.each(publishedPackages)("the package.json of $name", ({ name, path, manifest }) => {
  test("names it after its folder and says what it is", () => {
    expect(manifest.name).toBe(`@ss/${name}`);
    expect(manifest.description).toMatch(/\w.*\.$/);
  });

  test("is ESM only, free of side effects, for Node 20, under Apache-2.0", () => {
    expect(manifest).toMatchObject({
      type: "module",
      sideEffects: false,
      license: "Apache-2.0",
      engines: { node: ">=20.19" },
      publishConfig: { access: "public" },
    });
  });

  test("publishes dist and README.md only", () => {
    expect(manifest.files).toEqual(["dist", "README.md"]);
  });

  test("exports sources here and dist to users", () => {
    expect(manifest.exports?.["."]).toEqual({
      source: "./src/index.ts",
      types: "./dist/index.d.ts",
      default: "./dist/index.js",
    });
    expect(manifest.exports?.["./package.json"]).toBe("./package.json");
    expect(manifest.publishConfig?.exports).toEqual(withoutSource(manifest.exports ?? {}));
    expect(JSON.stringify(manifest.publishConfig?.exports)).not.toContain("src/");
  });

  test("puts types first in every published entry", () => {
    const targets = Object.values(manifest.publishConfig?.exports ?? {}).filter(
      (target) => typeof target === "object",
    );
    expect(targets.map((target) => Object.keys(target as object))).toEqual(
      targets.map(() => ["types", "default"]),
    );
  });

  test("has core as a peer that a minor release of core does not break", () => {
    const wanted = allowedArrows(name)?.includes("core") ? coreRange : undefined;
    expect(manifest.peerDependencies?.["@ss/core"]).toBe(wanted);
    expect(manifest.dependencies?.["@ss/core"]).toBeUndefined();
    if (wanted !== undefined) expect(manifest.devDependencies?.["@ss/core"]).toBe("workspace:*");
  });

  test("takes other workspace packages from the workspace", () => {
    const { dependencies = {} } = manifest;
    const ranges = Object.entries(dependencies).filter(([needed]) => needed.startsWith("@ss/"));
    expect(ranges.filter(([, range]) => range !== "workspace:^")).toEqual([]);
  });

  test("has scripts to build, to write declarations, to check types and to refuse to be packed without them", () => {
    expect(manifest.scripts).toMatchObject({
      build: expect.any(String),
      types: "tsc -p tsconfig.build.json",
      typecheck: "tsc -p tsconfig.json",
      prepack: "node ../../scripts/prepack.mjs",
    });
    expect(existsSync(join(root, path, "tsconfig.build.json"))).toBe(true);
  });
});

test.each(apps)("$name is private, ESM, and has a script to check types", ({ manifest }) => {
  expect(manifest).toMatchObject({
    private: true,
    type: "module",
    scripts: { typecheck: expect.any(String) },
  });
});

test.each(apps.filter((app) => sourceFiles(app).length > 0))(
  "$name has a script to build",
  ({ manifest }) => {
    expect(manifest.scripts?.["build"]).toBe("tsup");
  },
);

const plugin = /^(source|sink|format|fs|state)-/;

/** The headings that a README needs, which for a plug-in tell its options and guarantees. */
const wantedSections = ({ name }: Member): string[] =>
  plugin.test(name)
    ? ["Install", "Example", "Options", "Guarantees", "Limits"]
    : ["Install", "Example", "Limits"];

test.each(publishedPackages)("the README of $name has its sections", (member) => {
  const file = `${member.path}/README.md`;
  const text = existsSync(join(root, file)) ? readText(file) : "";
  const headings = [...text.matchAll(/^## (.+)$/gm)].map((match) => match[1] as string);
  const missing = wantedSections(member).filter((section) => !headings.includes(section));
  if (!text.startsWith(`# ${member.manifest.name}\n\n`))
    missing.unshift(`# ${member.manifest.name}, then one sentence`);
  expect(missing, `sections missing in ${file}`).toEqual([]);
});

test.each(apps)("the README of $name tells its story", ({ name, path }) => {
  const file = `${path}/README.md`;
  expect(existsSync(join(root, file)), `apps/${name} has no README.md`).toBe(true);
});

test("every published package has a changelog or a changeset that will begin one", () => {
  const changesets = filesBelow(".changeset").filter((file) => file.endsWith(".md"));
  const announced = changesets.flatMap((file) => [
    ...readText(file).matchAll(/^"(.+)": (?:major|minor|patch)$/gm),
  ]);
  const names = new Set(announced.map((match) => match[1]));
  const without = publishedPackages
    .filter(
      ({ manifest, path }) => !names.has(manifest.name) && !existsSync(join(root, path, "CHANGELOG.md")),
    )
    .map(({ name }) => name);
  expect(without).toEqual([]);
});
