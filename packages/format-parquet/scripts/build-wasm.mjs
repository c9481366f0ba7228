// Compiles assembly/ to WebAssembly and writes it as a module of src/, so that the package has no file to load at run time
// and a clone needs no compiler. `--check` writes nothing and fails when the module is not what the sources give.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const COMPILER = "assemblyscript@0.28.20";
const FLAGS = [
  "--optimizeLevel",
  "3",
  "--shrinkLevel",
  "0",
  "--converge",
  "--noAssert",
  "--runtime",
  "stub",
  "--enable",
  "simd,bulk-memory",
  "--initialMemory",
  "1",
  "--use",
  "abort=",
];

const here = fileURLToPath(new URL("..", import.meta.url));
const assembly = join(here, "assembly");
const target = join(here, "src", "direct", "generated", "snappy-wasm.ts");

/** A digest of everything that decides what the compiler gives. */
export function sourceDigest() {
  const hash = createHash("sha256").update(COMPILER).update(FLAGS.join(" "));
  for (const file of readdirSync(assembly, { recursive: true }).map(String).sort()) {
    if (file.endsWith(".ts")) hash.update(`${file}\0`).update(readFileSync(join(assembly, file)));
  }
  return hash.digest("hex");
}

function compile() {
  const folder = mkdtempSync(join(tmpdir(), "snappy-wasm-"));
  const output = join(folder, "snappy.wasm");
  try {
    const args = ["--yes", "-p", COMPILER, "asc", "assembly/index.ts", "--outFile", output, ...FLAGS];
    const run = spawnSync("npx", args, { cwd: here, stdio: ["ignore", "inherit", "inherit"] });
    if (run.status !== 0) throw new Error(`asc ended with ${run.status ?? run.signal}.`);
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function moduleText(binary) {
  const lines = binary.toString("base64").match(/.{1,100}/g);
  return [
    "// Made by scripts/build-wasm.mjs from assembly/; not edited by hand.",
    `export const SOURCE_DIGEST = "${sourceDigest()}";`,
    "export const WASM_BASE64: string =",
    `  "${lines.join('" +\n  "')}";`,
    "",
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = moduleText(compile());
  if (!process.argv.includes("--check")) {
    writeFileSync(target, text);
    console.log(`${target}: ${text.length} characters`);
  } else if (readFileSync(target, "utf8") !== text) {
    console.error(
      `${target} is not what assembly/ gives: run node packages/format-parquet/scripts/build-wasm.mjs`,
    );
    process.exitCode = 1;
  }
}
