export { concurrentUpdate, corruptFile } from "./checkpoint/checkpoint-errors.js";
export { type CommitEntry, type CommitLog, commitLog } from "./checkpoint/commit-log.js";
export { fileSourceLog } from "./checkpoint/file-source-log.js";
export { openJson, sealJson } from "./checkpoint/log-entry.js";
export type { MetadataLog } from "./checkpoint/metadata-log.js";
export { type OffsetEntry, type OffsetLog, offsetLog } from "./checkpoint/offset-log.js";
export type { SourceLog } from "./checkpoint/source-log.js";
export { type Clock, systemClock } from "./clock/clock.js";
export { orAborted } from "./clock/or-aborted.js";
export { batchFromRows, copyColumn, gatherColumn, rowsOf, valueAt } from "./column/access.js";
export { BATCH_ROWS, Batch } from "./column/batch.js";
export * from "./column/builder.js";
export * from "./column/column.js";
export type {
  AcceleratorFactory,
  DictionaryAccelerator,
  DictionaryTables,
} from "./column/key/bytes-dictionary.js";
export { BytesDictionary, UNKNOWN_CODE } from "./column/key/bytes-dictionary.js";
export type { HashIndex } from "./column/key/hash-index.js";
export type { TableMemory } from "./column/key/table-memory.js";
export { type KeyColumn, KeyTable } from "./column/key-table.js";
export { packColumns, packRows, unpackColumns } from "./column/packed-columns.js";
export { sliceColumn, takeColumn } from "./column/take.js";
export type { IntervalValue, MapValue, Value } from "./column/value.js";
export {
  assert,
  type QueryContext,
  type Recovery,
  StreamError,
  type StreamErrorFields,
} from "./errors/stream-error.js";
export type {
  DeleteOptions,
  FileEntry,
  FileReader,
  FileSystem,
  FileWriter,
  ListOptions,
} from "./file-system/file-system.js";
export { type LocalFileSystemOptions, localFileSystem, localPath } from "./file-system/local-file-system.js";
export { MemoryFileSystem } from "./file-system/memory-file-system.js";
export type {
  FileFormat,
  FileSplit,
  FormatContext,
  FormatFile,
  FormatReader,
  FormatWriter,
} from "./format/file-format.js";
export { renderTable, type TableTextOptions } from "./format/table-text.js";
export type {
  ColumnEvaluator,
  ColumnFunction,
  ColumnFunctionArgument,
  ColumnFunctionCall,
  ColumnFunctionResolution,
  OpenColumnCall,
} from "./function/column-function.js";
export type { FunctionConstant, FunctionSubject } from "./function/function-subject.js";
export { type GroupState, GroupStateTimeout } from "./group-state/group-state.js";
export { type GroupStateMoment, TrackedGroupState } from "./group-state/tracked-group-state.js";
export { checkedPartitions, checkedReading, checkedWrite, checkedWriter } from "./plugin/checked-answers.js";
export { checkedSink, checkedSource, checkedTable, checkOutputModes } from "./plugin/checked-connectors.js";
export { Options, parseDurationMs } from "./plugin/options.js";
export {
  formatContext,
  type Plugin,
  type ReadRequest,
  type SaveMode,
  type SessionContext,
  type SinkProvider,
  type SourceProvider,
  type SourceSpec,
  type WriteRequest,
} from "./plugin/plugin.js";
export { type HandleState, KeptHandle } from "./processor/kept-handle.js";
export type {
  ExpiredTimerInfo,
  QueryInfo,
  StatefulProcessorHandle,
  TimerValues,
} from "./processor/processor-handle.js";
export type {
  Kept,
  ListRows,
  MapRows,
  ProcessorStorage,
  TimerRows,
  ValueRows,
  VariableSpec,
} from "./processor/processor-storage.js";
export type { ListState, MapState, TTLConfig, ValueState } from "./processor/state-variables.js";
export { StatefulProcessor, StatefulProcessorWithInitialState } from "./processor/stateful-processor.js";
export { TimeMode } from "./processor/time-mode.js";
export type {
  SinkProgress,
  SourceProgress,
  StateOperatorProgress,
  StreamingQueryProgress,
} from "./progress/progress.js";
export { progressJson } from "./progress/progress-json.js";
export { type ExplainMode, explainMode } from "./query/explain-mode.js";
export type {
  QueryIdleEvent,
  QueryLog,
  QueryProgressEvent,
  QueryStartedEvent,
  QueryTerminatedEvent,
  StreamingQueryListener,
} from "./query/query-listener.js";
export type { QueryOptions } from "./query/query-options.js";
export type {
  BatchRequest,
  BatchResult,
  EventTimeStats,
  OffsetRange,
  PlanContext,
  StreamOutput,
  StreamPlan,
} from "./query/stream-plan.js";
export type { StreamingQuery, StreamingQueryStatus } from "./query/streaming-query.js";
export { StreamingQueryException } from "./query/streaming-query-exception.js";
export {
  type StreamingCheckpointManager,
  StreamingQueryManager,
  type StreamingQueryManagerOptions,
} from "./query/streaming-query-manager.js";
export type { WatermarkExplanation, WatermarkInput } from "./query/watermark-explanation.js";
export * from "./schema/data-type.js";
export { parseDdl, parseTypeText } from "./schema/ddl.js";
export { type StructJson, type TypeJson, typeFromJson, typeToJson } from "./schema/json-form.js";
export { StructField, StructType } from "./schema/struct-type.js";
export { simpleString, sqlText, treeString, typeName } from "./schema/type-text.js";
export {
  type RowFrom,
  type RowOf,
  type RowSpec,
  type SchemaLiteral,
  schemaFrom,
  schemaOf,
  TypedStructType,
  type TypedValue,
  type TypeSpec,
  typeFrom,
  type ValueOf,
} from "./schema/typed-schema.js";
export { type DefinedBatch, defineSink, type SinkDefinition } from "./sink/define-sink.js";
export { giveUp } from "./sink/give-up.js";
export type {
  BatchWrite,
  CommitMessage,
  OutputMode,
  PartitionWriter,
  Sink,
  SinkBatch,
  SinkResult,
} from "./sink/sink.js";
export { defineSource, type SourceDefinition } from "./source/define-source.js";
export type { Predicate, PushdownAnswer, ScanRequest } from "./source/predicate.js";
export { SharedResource } from "./source/shared-resource.js";
export {
  type Json,
  type Offset,
  type Partition,
  type ReadLimit,
  type Source,
  type SourceContext,
  sameOffset,
} from "./source/source.js";
export type { Table, TableVersions } from "./source/table.js";
export { ChangelogStateStore } from "./state/changelog-state-store.js";
export {
  applyBlock,
  type BlockHead,
  type BlockOrigin,
  blockHead,
  pieceBlock,
  removalBlock,
} from "./state/family-blocks.js";
export { FamilyHolder, type HolderSize } from "./state/family-holder.js";
export type { ImagePiece } from "./state/family-image.js";
export { memoryStateStoreProvider } from "./state/memory-state-store.js";
export {
  type OperatorMetadata,
  readOperatorMetadata,
  writeOperatorMetadata,
} from "./state/operator-metadata.js";
export { rowsByOwner, type StateDivision } from "./state/partition-hash.js";
export type { RemoteFamily, StateBlocks, StateImage } from "./state/remote-family.js";
export type { HeldFamily, StateCache } from "./state/state-cache.js";
export {
  type BatchRange,
  type FamilyName,
  partitionsOf,
  type StateChange,
  StateReader,
} from "./state/state-reader.js";
export { relationOf, type ShareRelation, type StateShare } from "./state/state-share.js";
export type {
  FamilySpec,
  StateFamily,
  StateLookup,
  StateLookupToPut,
  StateMatches,
  StateMetrics,
  StateRows,
  StateStore,
  StateStoreContext,
  StateStoreProvider,
  StateVersion,
} from "./state/state-store.js";
export type { StateVariableKind, StateView, StateViewField, StateViewSource } from "./state/state-view.js";
export { checkRunMode, type RunModeSubject } from "./trigger/check-run-mode.js";
export type { AsyncProgress, RunMode } from "./trigger/run-mode.js";
export type { OpenTrigger, Trigger } from "./trigger/trigger.js";
export { IDLE_INPUT_KEY } from "./trigger/watermark-tracker.js";
export {
  checkWorkerForm,
  type PartitionReader,
  rebuild,
  type WorkerContext,
  type WorkerForm,
  workerModule,
} from "./worker/worker-form.js";
