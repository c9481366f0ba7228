export type { TextStream } from "./console-sink.js";
export { type ConsoleSinkOptions, consoleSink } from "./plugin.js";
