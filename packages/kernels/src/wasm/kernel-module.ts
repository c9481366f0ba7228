import { WASM_BASE64 } from "./generated/kernels-wasm.js";
import { KernelMemory } from "./kernel-memory.js";
import { wasm } from "./web-assembly.js";

/** What the module offers (assembly/index.ts). Addresses are bytes from the start of the memory. */
export interface KernelExports {
  heapBase(): number;
  hashSpans(data: number, starts: number, lengths: number, count: number, out: number, seed: number): void;
}

/** The module of this thread and the memory that it works on. */
export interface Kernels {
  readonly exports: KernelExports;
  readonly memory: KernelMemory;
}

let instance: Kernels | undefined;

/** The kernels of this thread; the first call compiles them, which takes a few milliseconds. */
export function kernels(): Kernels {
  instance ??= instantiate();
  return instance;
}

function instantiate(): Kernels {
  const memory = new KernelMemory();
  const module = new wasm.Module(Buffer.from(WASM_BASE64, "base64"));
  const exports = new wasm.Instance(module, { env: { memory: memory.memory } })
    .exports as unknown as KernelExports;
  memory.moveBase(exports.heapBase());
  return { exports, memory };
}
