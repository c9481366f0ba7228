// Makes the package's WebAssembly module from assembly/; `--check` only looks whether it is up to date.
import { fileURLToPath } from "node:url";
import { WasmModule } from "../../../scripts/wasm-module.mjs";

const wasm = new WasmModule({
  folder: fileURLToPath(new URL("..", import.meta.url)),
  target: "src/direct/generated/snappy-wasm.ts",
  flags: ["--enable", "simd,bulk-memory", "--initialMemory", "1"],
});

/** A digest of everything that decides what the compiler gives. */
export const sourceDigest = () => wasm.sourceDigest();

if (process.argv[1] === fileURLToPath(import.meta.url)) wasm.build(process.argv.slice(2));
