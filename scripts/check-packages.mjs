import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { inParallel, run, tool } from "./processes.mjs";
import { readJson, readWorkspace, root, runtimeClosure } from "./workspace.mjs";

const lanes = 2;
const mainJob = "apps/retail";
const npmFlags = [
  "install",
  "--prefer-offline",
  "--no-audit",
  "--no-fund",
  "--no-update-notifier",
  "--ignore-scripts",
];

/**
 * Checks what users get: the packed tarball of each publishable package is linted, its types are resolved, and it is
 * installed into an empty project with core and what it depends on, and imported there. At last the main job runs from
 * tarballs alone. Gives whether all of it went well.
 */
export async function checkPackages() {
  const workspace = readWorkspace();
  const publishable = workspace.filter(
    (entry) => entry.folder.startsWith("packages/") && !entry.manifest.private,
  );
  const folder = mkdtempSync(join(tmpdir(), "ss-packages-"));
  try {
    const tarballs = await packAll(publishable, join(folder, "tarballs"));
    const failures = await inParallel(lanes, publishable, ({ manifest }) =>
      checkPackage(manifest, workspace, tarballs, join(folder, manifest.name.replace("/", "-"))),
    );
    failures.push(await checkMainJob(workspace, tarballs, join(folder, "main-job")));
    return failures.every((list) => list.length === 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Packs the packages and gives the path of each tarball by package name. */
async function packAll(packages, destination) {
  mkdirSync(destination);
  const filters = packages.flatMap(({ manifest }) => ["--filter", manifest.name]);
  const { code, output } = await run(
    tool("pnpm"),
    ["-r", ...filters, "pack", "--pack-destination", destination],
    {
      capture: true,
    },
  );
  if (code !== 0) throw new Error(`pnpm pack failed:\n${output}`);
  const files = new Set(readdirSync(destination));
  return new Map(
    packages.map(({ manifest: { name, version } }) => {
      const file = `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
      if (!files.has(file)) throw new Error(`pnpm pack left no ${file}, only ${[...files].join(", ")}`);
      return [name, join(destination, file)];
    }),
  );
}

async function checkPackage(manifest, workspace, tarballs, project) {
  const tarball = tarballs.get(manifest.name);
  const needed = runtimeClosure(manifest.name, workspace).map((entry) => entry.manifest.name);
  const failures = [
    ...(await outcome("publint", tool("publint"), [tarball, "--strict"])),
    ...(await outcome("attw", tool("attw"), [tarball, "--profile", "esm-only", "--no-emoji"])),
    ...(await installAndImport(manifest.name, new Set(["@ss/core", ...needed]), tarballs, project)),
  ];
  console.log(`${failures.length === 0 ? "ok    " : "FAILED"} ${manifest.name}`);
  for (const failure of failures) console.log(failure);
  return failures;
}

async function outcome(label, command, args, options) {
  const { code, signal, output } = await run(command, args, { capture: true, ...options });
  return code === 0 ? [] : [`  ${label} ended with ${signal ?? code}:\n${output.trimEnd()}`];
}

async function installAndImport(name, needed, tarballs, project) {
  const installed = await installTarballs(project, [...needed], tarballs);
  if (installed.length > 0) return installed;
  const packed = join(project, "node_modules", name);
  const manifest = readJson(join(packed, "package.json"));
  const entries = Object.keys(manifest.exports).filter((entry) => !entry.endsWith(".json"));
  const specifiers = entries.map((entry) => name + entry.slice(1));
  return [
    ...wrongContents(packed, manifest),
    ...(await outcome("import", process.execPath, ["--input-type=module", "--eval", importAll(specifiers)], {
      cwd: project,
    })),
  ];
}

/** Installs tarballs, and nothing of the workspace from a registry, into an empty project. */
async function installTarballs(project, names, tarballs, dependencies = {}) {
  mkdirSync(project, { recursive: true });
  const fromTarballs = Object.fromEntries(names.map((name) => [name, `file:${tarballs.get(name)}`]));
  const manifest = { private: true, type: "module", dependencies: { ...dependencies, ...fromTarballs } };
  writeFileSync(join(project, "package.json"), JSON.stringify(manifest));
  return outcome("npm install", "npm", npmFlags, { cwd: project });
}

function wrongContents(folder, manifest) {
  const text = JSON.stringify(manifest);
  return [
    ...["README.md", "LICENSE"]
      .filter((file) => !existsSync(join(folder, file)))
      .map((file) => `  the tarball lacks ${file}`),
    ...(text.includes("workspace:") ? ["  the packed package.json has a workspace: range"] : []),
    ...(text.includes('"source"') || existsSync(join(folder, "src"))
      ? ["  the tarball points to sources"]
      : []),
  ];
}

const importAll = (specifiers) => `
  for (const specifier of ${JSON.stringify(specifiers)}) {
    if (Object.keys(await import(specifier)).length === 0) throw new Error(specifier + " exports nothing");
  }`;

/** Runs the main job with `local[2]` from tarballs: the built app, its data and no source of the workspace. */
async function checkMainJob(workspace, tarballs, project) {
  const app = workspace.find((entry) => entry.folder === mainJob);
  if (app === undefined) {
    console.log(`not run: ${mainJob} is not part of this checkout`);
    return [];
  }
  const { name, dependencies = {} } = app.manifest;
  const outside = Object.fromEntries(
    Object.entries(dependencies).filter(([needed]) => !tarballs.has(needed)),
  );
  const inside = runtimeClosure(name, workspace)
    .map((entry) => entry.manifest.name)
    .filter((needed) => tarballs.has(needed));
  const notShipped = new Set(["node_modules", "src", "test", ".turbo", "package.json"]);
  cpSync(join(root, mainJob), project, {
    recursive: true,
    filter: (source) => !notShipped.has(basename(source)),
  });
  const failures = await installTarballs(project, inside, tarballs, outside);
  if (failures.length === 0) {
    const args = [join("dist", "main.js"), "--master", "local[2]"];
    failures.push(
      ...(await outcome("main job", process.execPath, args, { cwd: project, timeoutMs: 120_000 })),
    );
  }
  console.log(`${failures.length === 0 ? "ok    " : "FAILED"} ${name} from tarballs with local[2]`);
  for (const failure of failures) console.log(failure);
  return failures;
}
