export type { ClientSettings, SaslSettings } from "./client/client-settings.js";
export type { KafkaClient } from "./client/kafka-client.js";
export type { KafkaProducer, TopicWriter, TransactionalProducer } from "./client/kafka-producer.js";
export { KafkajsClient } from "./client/kafkajs-client.js";
export { KafkajsProducer } from "./client/kafkajs-producer.js";
export { fenced, recordTooLarge } from "./client/producer-errors.js";
export { ConsumerClient } from "./consumer/consumer-client.js";
export { clientSettings, illegalArgument } from "./options/client-options.js";
export { type FetchSettings, fetchSettings } from "./options/fetch-options.js";
export { KafkaProperties, unsupportedProperty } from "./options/kafka-properties.js";
export { type ProducerSettings, producerSettings } from "./options/producer-options.js";
export { ERROR } from "./protocol/error-codes.js";
export type { FetchedPartition, FetchLimits, FetchPosition } from "./protocol/fetch.js";
export { EARLIEST, LATEST, type ListedOffset, type OffsetQuery } from "./protocol/list-offsets.js";
export type { TransactionOffset } from "./protocol/txn-offset-commit.js";
export { readBatchHeads } from "./records/batch-heads.js";
export type { FetchedRecords, OffsetRange } from "./records/fetched-range.js";
export { keyPartition, murmur2 } from "./records/key-partition.js";
export { HeaderWriter, type ProducerMark, RecordBatchWriter } from "./records/record-batch-writer.js";
export { CODECS } from "./records/record-codec.js";
export { RecordColumns } from "./records/record-columns.js";
export { RecordDecoder } from "./records/record-decoder.js";
export {
  CREATE_TIME,
  LOG_APPEND_TIME,
  NO_TIMESTAMP,
  RECORD_SCHEMA,
  RECORD_SCHEMA_WITH_HEADERS,
} from "./records/record-schema.js";
export { isZstdLoaded, loadZstd } from "./records/zstd.js";
