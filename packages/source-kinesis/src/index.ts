export { type KinesisOptions, kinesis, kinesisSource } from "./plugin.js";
export type { KinesisOffset, ShardPosition, StreamPosition } from "./position.js";
