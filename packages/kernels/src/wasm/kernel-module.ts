import { WASM_BASE64 } from "./generated/kernels-wasm.js";
import { KernelMemory } from "./kernel-memory.js";
import { wasm } from "./web-assembly.js";

type ParseFields = (
  base: number,
  starts: number,
  lengths: number,
  kinds: number,
  direct: number,
  count: number,
  out: number,
  left: number,
) => number;

/** What the module offers (assembly/index.ts). Addresses are bytes from the start of the memory. */
export interface KernelExports {
  heapBase(): number;
  csvRecords(data: number, position: number, limit: number, task: number, rowLimit: number): number;
  parseDates: KernelExports["parseInt64s"];
  parseDecimals(
    base: number,
    starts: number,
    lengths: number,
    kinds: number,
    direct: number,
    count: number,
    out: number,
    left: number,
    precision: number,
    scale: number,
  ): number;
  splitLines(
    data: number,
    position: number,
    limit: number,
    separator: number,
    starts: number,
    ends: number,
    rowLimit: number,
  ): number;
  splitSlice(
    data: number,
    start: number,
    length: number,
    separator: number,
    starts: number,
    lengths: number,
  ): number;
  invalidUtf8(start: number, end: number): number;
  firstInvalidUtf8(data: number, starts: number, lengths: number, count: number): number;
  jsonStateInit(state: number, keys: number, lengths: number, wantedCount: number): void;
  jsonRecords(
    state: number,
    base: number,
    position: number,
    limit: number,
    firstRow: number,
    rowLimit: number,
    firstLine: number,
  ): number;
  jsonItems(
    base: number,
    starts: number,
    lengths: number,
    kinds: number,
    kind: number,
    from: number,
    to: number,
    offsets: number,
    valueStarts: number,
    valueLengths: number,
    valueKinds: number,
    keyStarts: number,
    keyLengths: number,
    keyKinds: number,
    capacity: number,
    depthMax: number,
  ): number;
  jsonObject(state: number, base: number, start: number, end: number, row: number): number;
  jsonObjects(
    state: number,
    base: number,
    starts: number,
    lengths: number,
    kinds: number,
    from: number,
    to: number,
  ): number;
  parseInt64s: ParseFields;
  parseInt32s: ParseFields;
  parseDoubles: ParseFields;
  parseTimestamps(
    ...args: [...Parameters<ParseFields>, readsLocal: number, localOffset: number, readsZ: number]
  ): number;
  firstOtherKind(kinds: number, count: number, kind: number): number;
  crc32cSteps(crc: number, start: number, end: number, tables: number): number;
  /** The number of plain bytes, or a negative fault. */
  lz4Decompress(source: number, end: number, target: number, room: number): number;
  snappyDecompress: KernelExports["lz4Decompress"];
  /** The end of the packed bytes. */
  lz4Compress(source: number, end: number, target: number, table: number): number;
  snappyCompress: KernelExports["lz4Compress"];
  dictionaryLook(
    table: number,
    data: number,
    starts: number,
    lengths: number,
    from: number,
    to: number,
    codes: number,
    add: boolean,
  ): number;
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

/** The address of an array's first byte in the kernels' memory; -1 for an array that lies elsewhere. */
export function kernelAddress(array: ArrayBufferView): number {
  // that memory is a shared one, so ordinary arrays need no look at it
  return array.buffer instanceof ArrayBuffer ? -1 : kernels().memory.addressOf(array);
}

function instantiate(): Kernels {
  const memory = new KernelMemory();
  const module = new wasm.Module(Buffer.from(WASM_BASE64, "base64"));
  const exports = new wasm.Instance(module, { env: { memory: memory.memory } })
    .exports as unknown as KernelExports;
  memory.moveBase(exports.heapBase());
  return { exports, memory };
}
