export { type KafkaReadOptions, kafka, kafkaSource, type OffsetsByPartition } from "./plugin.js";
