// Compiles a package's assembly/ to WebAssembly and writes it as a module of its src/, so that the package has no file to load
// at run time and a clone needs no compiler.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { root } from "./workspace.mjs";

const COMPILER = "assemblyscript@0.28.20";
const OPTIMIZATION = ["--optimizeLevel", "3", "--shrinkLevel", "0", "--converge", "--noAssert"];
const RUNTIME = ["--runtime", "stub"];

/** The module that the sources in `assembly/` of a package give. `flags` are the compiler's, for its memory and features. */
export class WasmModule {
  #folder;
  #target;
  #flags;

  constructor({ folder, target, flags }) {
    this.#folder = folder;
    this.#target = join(folder, target);
    this.#flags = [...OPTIMIZATION, ...RUNTIME, ...flags, "--use", "abort="];
  }

  /** A digest of everything that decides what the compiler gives. */
  sourceDigest() {
    const assembly = join(this.#folder, "assembly");
    const hash = createHash("sha256").update(COMPILER).update(this.#flags.join(" "));
    for (const file of readdirSync(assembly, { recursive: true }).map(String).sort()) {
      if (file.endsWith(".ts")) hash.update(`${file}\0`).update(readFileSync(join(assembly, file)));
    }
    return hash.digest("hex");
  }

  /** Writes the module; with `--check` it writes nothing and fails when the module is not what the sources give. */
  build(args) {
    const text = this.#text();
    const name = relative(root, this.#target);
    if (!args.includes("--check")) {
      writeFileSync(this.#target, text);
      console.log(`${name}: ${text.length} characters`);
    } else if (readFileSync(this.#target, "utf8") !== text) {
      const script = relative(root, join(this.#folder, "scripts", "build-wasm.mjs"));
      console.error(`${name} is not what assembly/ gives: run node ${script}`);
      process.exitCode = 1;
    }
  }

  #text() {
    const lines = this.#compile()
      .toString("base64")
      .match(/.{1,100}/g);
    return [
      "// Made by scripts/build-wasm.mjs from assembly/; not edited by hand.",
      `export const SOURCE_DIGEST = "${this.sourceDigest()}";`,
      "export const WASM_BASE64: string =",
      `  "${lines.join('" +\n  "')}";`,
      "",
    ].join("\n");
  }

  #compile() {
    const folder = mkdtempSync(join(tmpdir(), "wasm-module-"));
    const output = join(folder, "module.wasm");
    try {
      const args = ["--yes", "-p", COMPILER, "asc", "assembly/index.ts", "--outFile", output, ...this.#flags];
      const run = spawnSync("npx", args, { cwd: this.#folder, stdio: ["ignore", "inherit", "inherit"] });
      if (run.status !== 0) throw new Error(`asc ended with ${run.status ?? run.signal}.`);
      return readFileSync(output);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
