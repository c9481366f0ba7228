import { isBuiltin } from "node:module";
import { expect, test } from "vitest";
import { allowedArrows } from "../src/arrows.js";
import { moduleFacts } from "../src/module-facts.js";
import { type Member, packages, sourceFiles } from "../src/repository.js";

const names = new Map(packages.map((member) => [member.manifest.name, member.name]));

/** `@scope/name/path` and `name/path` without the path. */
const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

const bareImports = (member: Member): { path: string; target: string }[] =>
  sourceFiles(member).flatMap((path) =>
    moduleFacts(path)
      .imports.map(({ specifier }) => specifier)
      .filter((specifier) => !specifier.startsWith(".") && !isBuiltin(specifier))
      .map((specifier) => ({ path, target: packageOf(specifier) })),
  );

test("every package has its arrows written down", () => {
  const without = packages.map((member) => member.name).filter((name) => allowedArrows(name) === undefined);
  expect(without).toEqual([]);
});

test.each(packages)("$name imports only the workspace packages that it may", (member) => {
  const allowed = allowedArrows(member.name) ?? [];
  const wrong = bareImports(member)
    .filter(({ target }) => names.has(target) || target.startsWith("@ss/"))
    .filter(({ target }) => !allowed.includes(names.get(target) ?? target))
    .map(({ path, target }) => `${path} imports ${target}`);
  expect(wrong).toEqual([]);
});

test.each(packages)("$name declares only the workspace packages that it may import", (member) => {
  const allowed = allowedArrows(member.name) ?? [];
  const { dependencies, peerDependencies, optionalDependencies } = member.manifest;
  const declared = Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies });
  expect(declared.filter((name) => names.has(name) && !allowed.includes(names.get(name) as string))).toEqual(
    [],
  );
});

test.each(packages.filter((member) => member.name !== "tidy"))(
  "$name declares what its sources import",
  (member) => {
    const { dependencies, peerDependencies, optionalDependencies } = member.manifest;
    const declared = { ...dependencies, ...peerDependencies, ...optionalDependencies };
    const missing = bareImports(member)
      .filter(({ target }) => !Object.hasOwn(declared, target))
      .map(({ path, target }) => `${path} imports ${target}`);
    expect(missing).toEqual([]);
  },
);

test.each(packages)("the relative imports of $name stay inside its src and end in .js", (member) => {
  const wrong = sourceFiles(member).flatMap((path) => {
    const depth = path.split("/").length - `${member.path}/src`.split("/").length - 1;
    return moduleFacts(path)
      .imports.map(({ specifier }) => specifier)
      .filter((specifier) => specifier.startsWith("."))
      .filter(
        (specifier) =>
          specifier.split("/").filter((part) => part === "..").length > depth || !specifier.endsWith(".js"),
      )
      .map((specifier) => `${path} imports ${specifier}`);
  });
  expect(wrong).toEqual([]);
});

test("core has no runtime dependency", () => {
  const core = packages.find((member) => member.name === "core") as Member;
  const { dependencies, peerDependencies, optionalDependencies } = core.manifest;
  expect({ ...dependencies, ...peerDependencies, ...optionalDependencies }).toEqual({});
});

test("declared dependencies of packages, those of their tests too, form no cycle", () => {
  const edges = new Map(
    packages.map(({ manifest: { name, dependencies, peerDependencies, devDependencies } }) => [
      name,
      Object.keys({ ...dependencies, ...peerDependencies, ...devDependencies }).filter((needed) =>
        names.has(needed),
      ),
    ]),
  );
  const done = new Set<string>();
  const visit = (name: string, way: readonly string[]): string[] => {
    if (way.includes(name)) return [[...way.slice(way.indexOf(name)), name].join(" -> ")];
    if (done.has(name)) return [];
    const cycles = (edges.get(name) ?? []).flatMap((needed) => visit(needed, [...way, name]));
    done.add(name);
    return cycles;
  };
  expect([...edges.keys()].flatMap((name) => visit(name, []))).toEqual([]);
});
