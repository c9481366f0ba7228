/** What this package uses of parquet-wasm. */
export type ParquetWasm = typeof import("parquet-wasm");

let loaded: Promise<ParquetWasm> | undefined;

/** The WebAssembly module, loaded when the first file is opened: programs without Parquet files do not pay for it. */
export function parquetWasm(): Promise<ParquetWasm> {
  loaded ??= import("parquet-wasm");
  return loaded;
}
