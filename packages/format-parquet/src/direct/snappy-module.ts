import { WASM_BASE64 } from "./generated/snappy-wasm.js";
import { ParquetFault } from "./parquet-fault.js";
import { decompressElements, snappyStart } from "./snappy.js";

/** The platform's WebAssembly, whose types belong to the browser's library, which a package for Node does not ask for. */
interface WasmApi {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: object };
}

/** What the module offers (assembly/index.ts). Addresses are bytes from the start of the memory. */
export interface SnappyExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  heapBase(): number;
  compress(source: number, end: number, target: number, table: number): number;
  snappy(source: number, end: number, target: number, size: number): number;
}

const PAGE_BYTES = 65536;
/** Bytes behind the ends of input and output that the module may touch. */
const SLACK = 128;
/** The module keeps the memory that it once had, so that larger blocks, which are rare, go without it. */
const MAX_BYTES = 16 << 20;

const FAULTS: Readonly<Record<number, string>> = {
  1: "snappy data ends too early",
  2: "snappy data is longer than its head says",
  3: "snappy data refers to bytes before its start",
};

let loaded: SnappyExports | undefined;

/** The module, compiled at its first use. */
export function snappyModule(): SnappyExports {
  if (loaded === undefined) {
    const wasm = (globalThis as unknown as { readonly WebAssembly: WasmApi }).WebAssembly;
    const module = new wasm.Module(Buffer.from(WASM_BASE64, "base64"));
    loaded = new wasm.Instance(module).exports as SnappyExports;
  }
  return loaded;
}

/** Decompresses a raw snappy block, `source[start .. end)`, to exactly `size` bytes at `target[at ..]`. */
export function decompressSnappy(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
  size: number,
): void {
  const elements = snappyStart(source, start, end, size);
  // what was not compressible is mostly literals, which are copied here and there alike, but here only once
  if (end - elements >= size || size > MAX_BYTES) {
    decompressElements(source, elements, end, target, at, size);
    return;
  }
  const exports = snappyModule();
  const input = (exports.heapBase() + 15) & ~15;
  const inputEnd = input + end - elements;
  const output = (inputEnd + SLACK) & ~15;
  const memory = bytesOf(exports, output + size + SLACK);
  memory.set(source.subarray(elements, end), input);
  const code = exports.snappy(input, inputEnd, output, size);
  if (code !== 0) throw new ParquetFault(FAULTS[code]!);
  target.set(memory.subarray(output, output + size), at);
}

/** The module's memory, of at least a size. Growth makes a new buffer. */
export function bytesOf({ memory }: SnappyExports, size: number): Uint8Array {
  const missing = size - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
  return new Uint8Array(memory.buffer);
}
