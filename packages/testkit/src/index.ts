export {
  type CollectedBatch,
  CollectingSink,
  collectingSink,
  type SinkFaultPoint,
} from "./collecting-sink.js";
export { type FileSystemUnderTest, fileSystemConformance } from "./conformance/file-system-conformance.js";
export type { Skips, SubjectOptions, TestFunction } from "./conformance/guarantees.js";
export { MemorySourceLog } from "./conformance/memory-source-log.js";
export { type SinkUnderTest, sinkConformance } from "./conformance/sink-conformance.js";
export { type SourceUnderTest, sourceConformance } from "./conformance/source-conformance.js";
export type { StateStoreUnderTest } from "./conformance/state-store/subject.js";
export { stateStoreConformance } from "./conformance/state-store-conformance.js";
export { type CrashScenario, crashAtEveryWrite } from "./disk/crash-at-every-write.js";
export {
  DiskCrash,
  DiskFailure,
  type DiskFault,
  type DiskOperation,
  type DiskOperationKind,
} from "./disk/disk-fault.js";
export { FaultyFileSystem, type FaultyFileSystemOptions } from "./disk/faulty-file-system.js";
export { TestGroupState, type TestGroupStateOptions } from "./keyed/test-group-state.js";
export { TwsTester, type TwsTesterOptions } from "./keyed/tws-tester.js";
export { type SeededRandom, seededRandom } from "./seeded-random.js";
export {
  addData,
  addDataToAll,
  advanceClock,
  checkAllRows,
  checkLastBatch,
  checkNewRows,
  checkProgress,
  type DataFeed,
  expectFailure,
  jumpClock,
  perform,
  processAllAvailable,
  startStream,
  stopStream,
} from "./stream/stream-actions.js";
export {
  type StreamAction,
  StreamTest,
  type StreamTestOptions,
  type TestedFrame,
  type TestedQuery,
  type TestedWriter,
  testStream,
} from "./stream/stream-test.js";
export { VirtualClock } from "./virtual-clock.js";
