export type { Skips, SubjectOptions, TestFunction } from "./conformance/guarantees.js";
export { MemorySourceLog } from "./conformance/memory-source-log.js";
export { type SourceUnderTest, sourceConformance } from "./conformance/source-conformance.js";
export { type CrashScenario, crashAtEveryWrite } from "./disk/crash-at-every-write.js";
export {
  DiskCrash,
  DiskFailure,
  type DiskFault,
  type DiskOperation,
  type DiskOperationKind,
} from "./disk/disk-fault.js";
export { FaultyFileSystem, type FaultyFileSystemOptions } from "./disk/faulty-file-system.js";
export { type SeededRandom, seededRandom } from "./seeded-random.js";
export { VirtualClock } from "./virtual-clock.js";
