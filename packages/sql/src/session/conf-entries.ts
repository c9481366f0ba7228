/** The default of a key, and why setting it changes nothing where it does not. */
type Entry = readonly [defaultValue: string | undefined, withoutEffect?: string];

const KAFKA_CONNECTIONS =
  "each query of Kafka keeps its own connections until it ends, and fetched records only until they are read";

/**
 * Spark's configuration keys with their defaults. One default differs: `spark.sql.shuffle.partitions` is 16 here and 200 in Spark. A
 * checkpoint pins it, and it says how finely the threads divide the state between them. The default of the time zone is that of this machine.
 */
const ENTRIES: Readonly<Record<string, Entry>> = {
  "spark.sql.adaptive.streaming.stateless.enabled": ["true", "plans are not changed while they run"],
  "spark.sql.connect.streaming.foreachBatch.useClonedSession": [
    "true",
    "there is no Spark Connect server in this release",
  ],
  "spark.sql.streaming.aggregation.stateFormatVersion": ["2", "there is one format"],
  "spark.sql.streaming.asyncLogPurge.enabled": [
    "true",
    "old log entries are always removed off the critical path",
  ],
  "spark.sql.streaming.checkUnfinishedRepartitionOnRestart": ["true"],
  "spark.sql.streaming.checkpoint.escapedPathCheck.enabled": [
    "true",
    "does not apply to checkpoints of this engine",
  ],
  "spark.sql.streaming.checkpoint.fileChecksum.enabled": [
    "true",
    "every checkpoint and state file carries a checksum, always",
  ],
  "spark.sql.streaming.checkpoint.fileChecksum.skipCreationIfFileMissingChecksum": [
    "true",
    "every checkpoint and state file carries a checksum, always",
  ],
  "spark.sql.streaming.checkpoint.renamedFileCheck.enabled": [
    "false",
    "does not apply to checkpoints of this engine",
  ],
  "spark.sql.streaming.checkpoint.verifyMetadataExists.enabled": ["true"],
  "spark.sql.streaming.checkpointLocation": [undefined],
  "spark.sql.streaming.commitProtocolClass": [
    "org.apache.spark.sql.execution.streaming.ManifestFileCommitProtocol",
    "plug-ins are values that the program passes in, not class names",
  ],
  "spark.sql.streaming.continuous.epochBacklogQueueSize": [
    "10000",
    "rows of an epoch do not pass through queues",
  ],
  "spark.sql.streaming.continuous.executorPollIntervalMs": [
    "100ms",
    "rows of an epoch do not pass through queues",
  ],
  "spark.sql.streaming.continuous.executorQueueSize": ["1024", "rows of an epoch do not pass through queues"],
  "spark.sql.streaming.disabledV2MicroBatchReaders": [
    "",
    "plug-ins are values that the program passes in, not class names",
  ],
  "spark.sql.streaming.disabledV2Writers": [
    "",
    "plug-ins are values that the program passes in, not class names",
  ],
  "spark.sql.streaming.fileSink.log.cleanupDelay": ["600000ms"],
  "spark.sql.streaming.fileSink.log.compactInterval": ["10"],
  "spark.sql.streaming.fileSink.log.deletion": ["true"],
  "spark.sql.streaming.fileSource.cleaner.numThreads": ["1"],
  "spark.sql.streaming.fileSource.log.cleanupDelay": ["600000ms"],
  "spark.sql.streaming.fileSource.log.compactInterval": ["10"],
  "spark.sql.streaming.fileSource.log.deletion": ["true"],
  "spark.sql.streaming.fileSource.schema.forceNullable": [
    "true",
    "the schema of a file stream is always nullable, as by default in Spark",
  ],
  "spark.sql.streaming.fileStreamSink.ignoreMetadata": ["false"],
  "spark.sql.streaming.flatMapGroupsWithState.skipEmittingInitialStateKeys": ["false"],
  "spark.sql.streaming.flatMapGroupsWithState.stateFormatVersion": ["2", "there is one format"],
  "spark.sql.streaming.forceDeleteTempCheckpointLocation": ["false"],
  "spark.sql.streaming.internal.stateStore.partitions": [
    undefined,
    "does not apply to the state tables of this engine",
  ],
  "spark.sql.streaming.join.stateFormatVersion": ["2", "the state files of this engine have one format"],
  "spark.sql.streaming.kafka.useDeprecatedOffsetFetching": [
    "false",
    "offsets are always asked of the brokers without a consumer, as by default in Spark",
  ],
  "spark.sql.streaming.maxBatchesToRetainInMemory": ["2", "has no counterpart in this engine"],
  "spark.sql.streaming.metadataCache.enabled": ["true", "what the logs hold is kept in memory, always"],
  "spark.sql.streaming.metricsEnabled": [
    "false",
    "there is no metrics registry in this release; listeners get every progress report",
  ],
  "spark.sql.streaming.minBatchesToRetain": ["100"],
  "spark.sql.streaming.multipleWatermarkPolicy": ["min"],
  "spark.sql.streaming.noDataMicroBatches.enabled": ["true"],
  "spark.sql.streaming.noDataProgressEventInterval": ["10000ms"],
  "spark.sql.streaming.numRecentProgressUpdates": ["100"],
  "spark.sql.streaming.offsetLog.formatVersion": ["1", "there is one format"],
  "spark.sql.streaming.optimizeOneRowPlan.enabled": ["false", "plans are not changed while they run"],
  "spark.sql.streaming.pollingDelay": ["10ms"],
  "spark.sql.streaming.queryEvolution.enableSinkEvolution": [
    "false",
    "sources and sinks are told apart by position",
  ],
  "spark.sql.streaming.queryEvolution.enableSourceEvolution": [
    "false",
    "sources and sinks are told apart by position",
  ],
  "spark.sql.streaming.ratioExtraSpaceAllowedInCheckpoint": [
    "0.3",
    "does not apply to checkpoints of this engine",
  ],
  "spark.sql.streaming.realTimeMode.allowlistCheck": ["true"],
  "spark.sql.streaming.realTimeMode.asyncProgressTrackingByDefault.enabled": ["true"],
  "spark.sql.streaming.realTimeMode.dangerouslyAllowCheckpointV1.enabled": ["false"],
  "spark.sql.streaming.realTimeMode.minBatchDuration": ["5000ms"],
  "spark.sql.streaming.realTimeMode.transformWithState.ttlEvictionIntervalMs": [
    "1000",
    "values that have ended by the time of a batch are forgotten in that batch",
  ],
  "spark.sql.streaming.schemaInference": ["false"],
  "spark.sql.streaming.sessionWindow.merge.sessions.in.local.partition": [
    "false",
    "sessions of a batch are always joined before they meet the state",
  ],
  "spark.sql.streaming.sessionWindow.stateFormatVersion": ["1", "there is one format"],
  "spark.sql.streaming.stateStore.autoSnapshotRepair.enabled": [
    "true",
    "one process writes and reads all snapshots; none can lag behind another",
  ],
  "spark.sql.streaming.stateStore.autoSnapshotRepair.maxChangeFileReplay": [
    "500",
    "one process writes and reads all snapshots; none can lag behind another",
  ],
  "spark.sql.streaming.stateStore.autoSnapshotRepair.numFailuresBeforeActivating": [
    "1",
    "one process writes and reads all snapshots; none can lag behind another",
  ],
  "spark.sql.streaming.stateStore.checkpointFormatVersion": ["1"],
  "spark.sql.streaming.stateStore.commitValidation.enabled": [
    "true",
    "does not apply to the state tables of this engine",
  ],
  "spark.sql.streaming.stateStore.compression.codec": [
    "lz4",
    "state files are not compressed in this release",
  ],
  "spark.sql.streaming.stateStore.coordinatorReportSnapshotUploadLag": [
    "true",
    "one process writes and reads all snapshots; none can lag behind another",
  ],
  "spark.sql.streaming.stateStore.encodingFormat": ["unsaferow"],
  "spark.sql.streaming.stateStore.fileChecksumThreadPoolSize": [
    "4",
    "maintenance runs between batches in this process, without threads of its own",
  ],
  "spark.sql.streaming.stateStore.forceSnapshotUploadOnLag": [
    "true",
    "one process writes and reads all snapshots; none can lag behind another",
  ],
  "spark.sql.streaming.stateStore.formatValidation.enabled": [
    "true",
    "does not apply to the state tables of this engine",
  ],
  "spark.sql.streaming.stateStore.maintenanceForceShutdownTimeout": [
    "60000ms",
    "maintenance runs between batches in this process, without threads of its own",
  ],
  "spark.sql.streaming.stateStore.maintenanceInterval": [
    "60000ms",
    "maintenance runs between batches in this process, without threads of its own",
  ],
  "spark.sql.streaming.stateStore.maintenanceProcessingTimeout": [
    "30000ms",
    "maintenance runs between batches in this process, without threads of its own",
  ],
  "spark.sql.streaming.stateStore.maintenanceShutdownTimeout": [
    "300000ms",
    "maintenance runs between batches in this process, without threads of its own",
  ],
  "spark.sql.streaming.stateStore.maxLaggingStoresToReport": [
    "5",
    "one process writes and reads all snapshots; none can lag behind another",
  ],
  "spark.sql.streaming.stateStore.maxNumStateSchemaFiles": [
    "128",
    "does not apply to the state tables of this engine",
  ],
  "spark.sql.streaming.stateStore.maxVersionsToDeletePerMaintenance": [
    "-1",
    "maintenance runs between batches in this process, without threads of its own",
  ],
  "spark.sql.streaming.stateStore.minDeltasForSnapshot": ["10"],
  "spark.sql.streaming.stateStore.multiplierForMinTimeDiffToLog": [
    "10",
    "one process writes and reads all snapshots; none can lag behind another",
  ],
  "spark.sql.streaming.stateStore.multiplierForMinVersionDiffToLog": [
    "5",
    "one process writes and reads all snapshots; none can lag behind another",
  ],
  "spark.sql.streaming.stateStore.numStateStoreInstanceMetricsToReport": [
    "5",
    "does not apply to the state tables of this engine",
  ],
  "spark.sql.streaming.stateStore.numStateStoreMaintenanceThreads": [
    "2",
    "maintenance runs between batches in this process, without threads of its own",
  ],
  "spark.sql.streaming.stateStore.providerClass": [
    "org.apache.spark.sql.execution.streaming.state.HDFSBackedStateStoreProvider",
  ],
  "spark.sql.streaming.stateStore.rocksdb.formatVersion": ["5", "there is no RocksDB"],
  "spark.sql.streaming.stateStore.rocksdb.mergeOperatorVersion": ["2", "there is no RocksDB"],
  "spark.sql.streaming.stateStore.rowChecksum.enabled": [
    "false",
    "every checkpoint and state file carries a checksum, always",
  ],
  "spark.sql.streaming.stateStore.rowChecksum.readVerificationRatio": [
    "0",
    "every checkpoint and state file carries a checksum, always",
  ],
  "spark.sql.streaming.stateStore.skipNullsForStreamStreamJoins.enabled": [
    "false",
    "a state that lacks a row is damaged, and is named",
  ],
  "spark.sql.streaming.stateStore.snapshotLagReportInterval": [
    "300000ms",
    "one process writes and reads all snapshots; none can lag behind another",
  ],
  "spark.sql.streaming.stateStore.snapshotToCleanupThreadRatio": [
    "0.5",
    "one process writes and reads all snapshots; none can lag behind another",
  ],
  "spark.sql.streaming.stateStore.stateSchemaCheck": [
    "true",
    "the schema of the state is always checked, as by default in Spark",
  ],
  "spark.sql.streaming.stateStore.unloadOnCommit": [
    "false",
    "does not apply to the state tables of this engine",
  ],
  "spark.sql.streaming.stateStore.valueStateSchemaEvolutionThreshold": [
    "16",
    "does not apply to the state tables of this engine",
  ],
  "spark.sql.streaming.statefulOperator.allowMultiple": ["true"],
  "spark.sql.streaming.statefulOperator.alwaysNullableOutput.enabled": [
    "true",
    "does not apply to the state tables of this engine",
  ],
  "spark.sql.streaming.statefulOperator.checkCorrectness.enabled": ["true"],
  "spark.sql.streaming.statefulOperator.incrementalCleanupFactor": [
    "0",
    "does not apply to the state tables of this engine",
  ],
  "spark.sql.streaming.statefulOperator.useStrictDistribution": [
    "true",
    "does not apply to the state tables of this engine",
  ],
  "spark.sql.streaming.stopActiveRunOnRestart": ["true"],
  "spark.sql.streaming.stopTimeout": ["0"],
  "spark.sql.streaming.streamingQueryListeners": [
    undefined,
    "plug-ins are values that the program passes in, not class names",
  ],
  "spark.sql.streaming.transformWithState.stateSchemaVersion": ["3", "there is one format"],
  "spark.sql.streaming.triggerAvailableNowWrapper.enabled": [
    "false",
    "a source without support for availableNow makes the trigger take one batch, as by default in Spark",
  ],
  "spark.sql.streaming.ui.enabled": ["true", "there is no user interface in this release"],
  "spark.sql.streaming.ui.enabledCustomMetricList": ["", "there is no user interface in this release"],
  "spark.sql.streaming.ui.retainedProgressUpdates": ["100", "there is no user interface in this release"],
  "spark.sql.streaming.ui.retainedQueries": ["100", "there is no user interface in this release"],
  "spark.sql.streaming.unsupportedOperationCheck": ["true"],
  "spark.sql.streaming.useStreamlineAggregator": ["false", "plans are not changed while they run"],
  "spark.sql.streaming.validateEventTimeWatermarkColumn": [
    "true",
    "event-time columns are always checked, as by default in Spark",
  ],
  "spark.sql.streaming.verifyCheckpointDirectoryEmptyOnStart": [
    "true",
    "does not apply to checkpoints of this engine",
  ],
  "spark.sql.dropDuplicates.deterministicKeyOrder.enabled": [
    "true",
    "keys of dropDuplicates stand in the order of the columns, as by default in Spark",
  ],
  "spark.sql.function.protobufExtensions.enabled": [
    "false",
    "extensions of messages are not read, as by default in Spark",
  ],
  "spark.sql.optimizer.pruneFiltersCanPruneStreamingSubplan": [
    "false",
    "a filter never takes a stream out of its query, as by default in Spark",
  ],
  "spark.sql.execution.sortBeforeRepartition": ["true"],
  "spark.sql.crossJoin.enabled": ["true", "cross joins are always allowed, as by default in Spark"],
  "spark.sql.mapKeyDedupPolicy": ["EXCEPTION"],
  "spark.sql.files.maxRecordsPerFile": ["0"],
  "spark.sql.orderByOrdinal": ["true"],
  "spark.sql.timestampType": ["TIMESTAMP_LTZ"],
  "spark.sql.groupByAliases": ["true"],
  "spark.sql.columnNameOfCorruptRecord": ["_corrupt_record"],
  "spark.sql.legacy.timeParserPolicy": ["CORRECTED", "patterns follow the policy CORRECTED, Spark's default"],
  "spark.sql.decimalOperations.allowPrecisionLoss": ["true"],
  "spark.sql.groupByOrdinal": ["true"],
  "spark.sql.sources.default": ["parquet"],
  "spark.sql.parser.quotedRegexColumnNames": ["false", "quoted names are names, as by default in Spark"],
  "spark.sql.storeAssignmentPolicy": ["ANSI", "there are no tables to insert into in this release"],
  "spark.sql.ansi.enabled": ["true"],
  "spark.sql.caseSensitive": ["false"],
  "spark.sql.session.timeZone": [undefined],
  "spark.sql.ansi.enforceReservedKeywords": ["false"],
  "spark.sql.ansi.doubleQuotedIdentifiers": ["false"],
  "spark.sql.sources.partitionColumnTypeInference.enabled": ["true"],
  "spark.sql.shuffle.partitions": ["16"],
  "spark.sql.adaptive.enabled": ["true", "plans are not changed while they run"],
  "spark.sql.cteRecursionLevelLimit": ["100"],
  "spark.sql.cteRecursionRowLimit": ["1000000"],
  "spark.kafka.consumer.cache.capacity": ["64", KAFKA_CONNECTIONS],
  "spark.kafka.consumer.cache.timeout": ["5m", KAFKA_CONNECTIONS],
  "spark.kafka.consumer.cache.evictorThreadRunInterval": ["1m", KAFKA_CONNECTIONS],
  "spark.kafka.consumer.cache.jmx.enable": ["false", KAFKA_CONNECTIONS],
  "spark.kafka.consumer.fetchedData.cache.timeout": ["5m", KAFKA_CONNECTIONS],
  "spark.kafka.consumer.fetchedData.cache.evictorThreadRunInterval": ["1m", KAFKA_CONNECTIONS],
  "spark.kafka.producer.cache.timeout": ["10m", KAFKA_CONNECTIONS],
  "spark.kafka.producer.cache.evictorThreadRunInterval": ["1m", KAFKA_CONNECTIONS],
  "ss.collect.longs": ["number"],
  "ss.collect.timestamps": ["date"],
  "ss.streaming.idleInputTimeout": [undefined],
  "ss.streaming.replayOnChangedTables": ["false"],
};

/** The default of a key, if it has one. */
export function confDefault(key: string): string | undefined {
  if (key === "spark.sql.session.timeZone") return Intl.DateTimeFormat().resolvedOptions().timeZone;
  return Object.hasOwn(ENTRIES, key) ? ENTRIES[key]![0] : undefined;
}

/** Why a key is accepted and changes nothing; undefined for keys that are honoured and for unknown ones. */
export function withoutEffect(key: string): string | undefined {
  return Object.hasOwn(ENTRIES, key) ? ENTRIES[key]![1] : undefined;
}

/** Every key with a default or a meaning of its own. */
export function knownKeys(): string[] {
  return Object.keys(ENTRIES);
}
