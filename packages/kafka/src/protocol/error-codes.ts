/** Error codes of Kafka's protocol that are told apart here. */
export const ERROR = {
  none: 0,
  offsetOutOfRange: 1,
  unknownTopicOrPartition: 3,
  invalidTopic: 17,
  topicAuthorizationFailed: 29,
  groupAuthorizationFailed: 30,
  clusterAuthorizationFailed: 31,
} as const;

/** Codes after which the same request may go well: leaders that moved or are not elected yet, brokers that are busy or starting. */
const PASSING: ReadonlySet<number> = new Set([
  2, 5, 6, 7, 8, 9, 13, 14, 15, 16, 19, 20, 56, 70, 74, 75, 76, 78, 100, 103,
]);

/** Whether a request that was answered with this code is worth repeating, after a look where the leaders are now. */
export function isPassing(errorCode: number): boolean {
  return PASSING.has(errorCode);
}
