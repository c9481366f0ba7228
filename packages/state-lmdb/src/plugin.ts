import {
  ChangelogStateStore,
  type Plugin,
  type StateStoreContext,
  type StateStoreProvider,
  StreamError,
} from "@ss/core";
import { CacheFolder } from "./cache-folder.js";
import { openCache } from "./lmdb-cache.js";
import { LEAST_BYTES, memoryPlan } from "./memory-plan.js";

/** Where a store keeps its tables, and how much memory it may take. */
export interface LmdbStateStoreOptions {
  /**
   * A folder on a local disk for the tables, which are a copy of what the checkpoint says; by default one below the system's folder for temporary
   * files. It may be deleted when no query runs.
   */
  readonly folder?: string;
  /**
   * Bytes of memory for the state of one query, at least 16 MiB. By default `spark.sql.streaming.stateStore.rocksdb.maxMemoryUsageMB`, which is 500.
   */
  readonly memoryBytes?: number;
}

const ROCKSDB = "org.apache.spark.sql.execution.streaming.state.RocksDBStateStoreProvider";
const OPTIONS = "spark.sql.streaming.stateStore.rocksdb.";
/** RocksDB's settings that are more than their name here. */
const MEMORY_KEY: string = `${OPTIONS}maxMemoryUsageMB`;
const WITHOUT_MEANING: readonly string[] = [
  "compactOnCommit",
  "blockSizeKB",
  "blockCacheSizeMB",
  "lockAcquireTimeoutMs",
  "maxOpenFiles",
  "resetStatsOnLoad",
  "trackTotalNumberOfRows",
  "formatVersion",
  "writeBufferSizeMB",
  "maxWriteBufferNumber",
  "writeBufferCacheRatio",
  "highPriorityPoolRatio",
  "memoryUpdateIntervalMs",
  "allowFAllocate",
  "compression",
  "mergeOperatorVersion",
  "verifyNonEmptyFilesInZip",
  "checkStaleReusedFilesInSnapshot",
].map((name) => OPTIONS + name);

/**
 * State larger than memory, for `use(...)`: queries keep their state in LMDB where `spark.sql.streaming.stateStore.providerClass` names Spark's provider
 * for RocksDB, or this one.
 */
export function lmdbStateStore(options: LmdbStateStoreOptions = {}): Plugin {
  return { name: "@ss/state-lmdb", stateStores: [lmdbStateStoreProvider(options)] };
}

/** Opens stores whose rows stand in LMDB. */
export function lmdbStateStoreProvider(options: LmdbStateStoreOptions = {}): StateStoreProvider {
  const told = new Set<string>();
  return {
    className: "@ss/state-lmdb/LmdbStateStoreProvider",
    standsFor: [ROCKSDB],
    open: async (context) => {
      const bytes = options.memoryBytes ?? memoryOf(context);
      if (!(bytes >= LEAST_BYTES)) throw tooLittle(bytes);
      warnOf(context, told);
      const cache = openCache(CacheFolder.take(options.folder, context.folder), memoryPlan(bytes));
      return new ChangelogStateStore(context, (spec) => cache.family(spec), cache);
    },
  };
}

function memoryOf({ conf }: StateStoreContext): number {
  return Number(conf(MEMORY_KEY) ?? 500) * (1 << 20);
}

/** Tells of settings that have not been told of. */
function warnOf({ conf, warn }: StateStoreContext, told: Set<string>): void {
  const set = WITHOUT_MEANING.filter((key) => {
    return conf(key) !== undefined && conf(key) !== DEFAULTS[key] && !told.has(key);
  });
  for (const key of set) told.add(key);
  if (set.length === 0) return;
  warn?.(
    `Settings of RocksDB mean nothing to @ss/state-lmdb: ${set.join(", ")}. Its memory is bounded by ${MEMORY_KEY}.`,
  );
}

/** What the session answers for keys that nobody has set. */
const DEFAULTS: Readonly<Record<string, string>> = {
  [`${OPTIONS}formatVersion`]: "5",
  [`${OPTIONS}mergeOperatorVersion`]: "2",
};

function tooLittle(bytes: number): StreamError {
  return new StreamError({
    condition: "SS_INVALID_OPTION",
    sqlState: "22023",
    parameters: { option: "memoryBytes", value: String(bytes), expected: `at least ${LEAST_BYTES}` },
    message: `The state in LMDB needs at least ${LEAST_BYTES} bytes of memory, not ${bytes}: set memoryBytes, or ${MEMORY_KEY}.`,
  });
}
