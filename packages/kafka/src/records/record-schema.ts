import { parseDdl, type StructType } from "@ss/core";

const FIELDS =
  "key BINARY, value BINARY, topic STRING, partition INT, offset BIGINT, timestamp TIMESTAMP, timestampType INT";

/** The columns of Kafka records, with Spark's names and types. */
export const RECORD_SCHEMA: StructType = parseDdl(FIELDS);

/** The same with the option `includeHeaders`. A record without headers has null there. */
export const RECORD_SCHEMA_WITH_HEADERS: StructType = parseDdl(
  `${FIELDS}, headers ARRAY<STRUCT<key: STRING, value: BINARY>>`,
);

/** Values of the column `timestampType`. */
export const NO_TIMESTAMP = -1;
/** The producer gave the time. */
export const CREATE_TIME = 0;
/** The broker gave the time. */
export const LOG_APPEND_TIME = 1;
