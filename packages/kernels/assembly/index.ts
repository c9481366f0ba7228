// The entry of the module: what is exported here is declared in src/wasm/kernel-module.ts.
export { heapBase } from "./memory";
export { hashSpans } from "./hash";
