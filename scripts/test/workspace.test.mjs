import { expect, test } from "vitest";
import { runtimeClosure } from "../workspace.mjs";

const entry = (name, manifest = {}) => ({ folder: `packages/${name}`, manifest: { name, ...manifest } });
const namesOf = (entries) => entries.map(({ manifest }) => manifest.name);

test("the closure follows dependencies and peers, not those of tests or from outside", () => {
  const workspace = [
    entry("core"),
    entry("files", { peerDependencies: { core: "*" } }),
    entry("sink", { dependencies: { files: "*", outside: "1" }, devDependencies: { kit: "*" } }),
    entry("kit", { peerDependencies: { core: "*" } }),
  ];
  expect(namesOf(runtimeClosure("sink", workspace))).toEqual(["core", "files", "sink"]);
});

test("the closure ends on a cycle", () => {
  const workspace = [entry("a", { dependencies: { b: "*" } }), entry("b", { peerDependencies: { a: "*" } })];
  expect(namesOf(runtimeClosure("a", workspace))).toEqual(["a", "b"]);
});
