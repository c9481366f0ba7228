/** Names the class of the state store. */
export const PROVIDER_KEY: string = "spark.sql.streaming.stateStore.providerClass";

/** Keys that the offset log records, as Spark does: a later run takes them from there. */
const PINNED = [
  "spark.sql.streaming.multipleWatermarkPolicy",
  "spark.sql.streaming.stateStore.encodingFormat",
  "spark.sql.streaming.aggregation.stateFormatVersion",
  "spark.sql.streaming.join.stateFormatVersion",
  "spark.sql.streaming.flatMapGroupsWithState.stateFormatVersion",
  "spark.sql.streaming.stateStore.compression.codec",
  "spark.sql.streaming.stateStore.rocksdb.formatVersion",
  "spark.sql.streaming.stateStore.rocksdb.mergeOperatorVersion",
  "spark.sql.streaming.statefulOperator.useStrictDistribution",
  "spark.sql.streaming.statefulOperator.alwaysNullableOutput.enabled",
  "spark.sql.streaming.stateStore.rowChecksum.enabled",
  "spark.sql.streaming.queryEvolution.enableSourceEvolution",
  "spark.sql.dropDuplicates.deterministicKeyOrder.enabled",
  "spark.sql.function.protobufExtensions.enabled",
  "spark.sql.optimizer.pruneFiltersCanPruneStreamingSubplan",
  "spark.sql.shuffle.partitions",
] as const;

/**
 * What a query writes into its offset log: the configuration in force, and where it has state the class of its store (`stateStore`), so that
 * Spark refuses state that it cannot read. A stateless query may move between the two.
 */
export function pinnedConf(
  conf: (key: string) => string | undefined,
  stateStore: string | undefined,
): Readonly<Record<string, string>> {
  const pinned: Record<string, string> = {};
  if (stateStore !== undefined) pinned[PROVIDER_KEY] = stateStore;
  for (const key of PINNED) {
    const value = conf(key);
    if (value !== undefined) pinned[key] = value;
  }
  return pinned;
}
