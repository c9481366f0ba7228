import { type DataType, KeyTable } from "@ss/core";
import { DictionaryKernel } from "@ss/kernels";

/** A key table whose strings are looked up by a kernel, where they lie in the kernels' memory. */
export function kernelKeyTable(types: readonly DataType[]): KeyTable {
  return new KeyTable(types, () => new DictionaryKernel());
}
