import { type AcceleratorFactory, type DataType, KeyTable } from "@ss/core";
import { DictionaryKernel } from "@ss/kernels";

/** Looks strings up by a kernel, where they lie in the kernels' memory. */
export const kernelDictionaries: AcceleratorFactory = () => new DictionaryKernel();

/** A key table whose strings are looked up by a kernel. */
export function kernelKeyTable(types: readonly DataType[]): KeyTable {
  return new KeyTable(types, kernelDictionaries);
}
