/** Error codes of Kafka's protocol that are told apart here. */
export const ERROR = {
  none: 0,
  offsetOutOfRange: 1,
  unknownTopicOrPartition: 3,
  leaderNotAvailable: 5,
  messageTooLarge: 10,
  coordinatorLoading: 14,
  coordinatorNotAvailable: 15,
  notCoordinator: 16,
  invalidTopic: 17,
  recordListTooLarge: 18,
  topicAuthorizationFailed: 29,
  groupAuthorizationFailed: 30,
  clusterAuthorizationFailed: 31,
  outOfOrderSequence: 45,
  duplicateSequence: 46,
  invalidProducerEpoch: 47,
  invalidTransactionState: 48,
  unknownTransactionalId: 49,
  invalidTransactionTimeout: 50,
  concurrentTransactions: 51,
  transactionalIdAuthorizationFailed: 53,
  unknownProducerId: 59,
  unstableOffset: 88,
  producerFenced: 90,
} as const;

/** Codes after which the same request may go well: leaders that moved or are not elected yet, brokers that are busy or starting. */
const PASSING: ReadonlySet<number> = new Set([
  2, 5, 6, 7, 8, 9, 13, 14, 15, 16, 19, 20, 56, 70, 74, 75, 76, 78, 100, 103,
]);

/** Whether a request that was answered with this code is worth repeating, after a look where the leaders are now. */
export function isPassing(errorCode: number): boolean {
  return PASSING.has(errorCode);
}

/** What Kafka calls codes that end a write, for messages. */
const NAMES: Readonly<Record<number, string>> = {
  2: "CORRUPT_MESSAGE",
  3: "UNKNOWN_TOPIC_OR_PARTITION",
  5: "LEADER_NOT_AVAILABLE",
  6: "NOT_LEADER_OR_FOLLOWER",
  7: "REQUEST_TIMED_OUT",
  10: "MESSAGE_TOO_LARGE",
  14: "COORDINATOR_LOAD_IN_PROGRESS",
  15: "COORDINATOR_NOT_AVAILABLE",
  16: "NOT_COORDINATOR",
  17: "INVALID_TOPIC_EXCEPTION",
  18: "RECORD_LIST_TOO_LARGE",
  19: "NOT_ENOUGH_REPLICAS",
  20: "NOT_ENOUGH_REPLICAS_AFTER_APPEND",
  21: "INVALID_REQUIRED_ACKS",
  29: "TOPIC_AUTHORIZATION_FAILED",
  30: "GROUP_AUTHORIZATION_FAILED",
  31: "CLUSTER_AUTHORIZATION_FAILED",
  32: "INVALID_TIMESTAMP",
  35: "UNSUPPORTED_VERSION",
  42: "INVALID_REQUEST",
  43: "UNSUPPORTED_FOR_MESSAGE_FORMAT",
  44: "POLICY_VIOLATION",
  45: "OUT_OF_ORDER_SEQUENCE_NUMBER",
  46: "DUPLICATE_SEQUENCE_NUMBER",
  47: "INVALID_PRODUCER_EPOCH",
  48: "INVALID_TXN_STATE",
  49: "INVALID_PRODUCER_ID_MAPPING",
  50: "INVALID_TRANSACTION_TIMEOUT",
  51: "CONCURRENT_TRANSACTIONS",
  53: "TRANSACTIONAL_ID_AUTHORIZATION_FAILED",
  56: "KAFKA_STORAGE_ERROR",
  59: "UNKNOWN_PRODUCER_ID",
  76: "UNSUPPORTED_COMPRESSION_TYPE",
  87: "INVALID_RECORD",
  88: "UNSTABLE_OFFSET_COMMIT",
  90: "PRODUCER_FENCED",
  120: "TRANSACTION_ABORTABLE",
};

/** Kafka's name of an error code with the number: `INVALID_RECORD (87)`. */
export function errorName(errorCode: number): string {
  const name = NAMES[errorCode];
  return name === undefined ? `error ${errorCode}` : `${name} (${errorCode})`;
}
