export { decompress } from "./codec/decompress.js";
export {
  CompactibleLog,
  type CompactionSettings,
  type LogFolder,
} from "./compactible-log.js";
export {
  codecEnding,
  codecOfOption,
  codecOfPath,
  compressor,
  type PackedCodec,
  type WrittenCodec,
} from "./compression.js";
export { FolderSignals } from "./folder-signals.js";
export { FolderTimes } from "./folder-times.js";
export { expandGlob, globTest, isGlob } from "./glob.js";
export { isHidden, type Listing, type ListingOptions, listFiles, pathNotFound } from "./listing.js";
export { logSettings } from "./log-settings.js";
export {
  FileManifest,
  hasManifest,
  MANIFEST_FOLDER,
  type ManifestFile,
  type ManifestSettings,
  manifestPath,
} from "./manifest.js";
export {
  baseOf,
  discoverPartitions,
  type PartitionDiscoveryOptions,
  type PathPartition,
  pathPartitions,
} from "./partition-path.js";
export {
  inferPartitionType,
  type PartitionValueParser,
  partitionValue,
  widerPartitionType,
} from "./partition-value.js";
export {
  absolutePath,
  baseName,
  childPath,
  parentPath,
  pathFromUri,
  pathToUri,
  qualifiedPath,
  relativeTo,
} from "./path.js";
export { DEFAULT_PARTITION_NAME, escapePathName, partitionFolder, unescapePathName } from "./path-name.js";
export { type SeenFile, SeenFileLog } from "./seen-file-log.js";
