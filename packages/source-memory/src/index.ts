export { MemorySource, type MemorySourceFeed } from "./memory-source.js";
export { type MemoryOptions, memory, memorySource } from "./plugin.js";
