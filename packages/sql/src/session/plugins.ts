import {
  type Clock,
  type FileFormat,
  type FileSystem,
  localFileSystem,
  memoryStateStoreProvider,
  type Plugin,
  type SessionContext,
  type SinkProvider,
  type SourceProvider,
  type StateStoreProvider,
  StreamError,
} from "@ss/core";
import type { SqlFunction } from "../expression/function.js";
import { builtinRegistry } from "../functions/builtin.js";
import { columnFunction } from "../functions/column-function.js";
import type { FunctionRegistry } from "../functions/registry.js";
import { stateMetadataSource, stateStoreSource } from "../streaming/state-source/provider.js";
import { checkPlugin } from "./check-plugin.js";
import type { RuntimeConfig } from "./runtime-config.js";

const PACKAGES: Readonly<Record<string, string>> = {
  csv: "@ss/source-file (reading) or @ss/sink-file (writing)",
  json: "@ss/source-file (reading) or @ss/sink-file (writing)",
  text: "@ss/source-file (reading) or @ss/sink-file (writing)",
  parquet: "@ss/format-parquet with @ss/source-file (reading), or @ss/sink-parquet (writing)",
  kafka: "@ss/source-kafka (reading) or @ss/sink-kafka (writing)",
  rate: "@ss/source-rate",
  "rate-micro-batch": "@ss/source-rate",
  socket: "@ss/source-socket",
  kinesis: "@ss/source-kinesis",
  memory: "@ss/source-memory",
  console: "@ss/sink-console",
};

/** Sinks that need no plug-in. */
const BUILT_IN = ["memory (streams)", "noop"];

/** What the plug-ins of a session bring, looked up by name. */
export class Plugins implements SessionContext {
  readonly clock: Clock;
  readonly warn: (message: string) => void;
  /** The functions of the session: those that are built in, and those of plug-ins. */
  functions: FunctionRegistry = builtinRegistry();
  private readonly config: RuntimeConfig;
  private readonly sources = new Map<string, SourceProvider>();
  private readonly sinks = new Map<string, SinkProvider>();
  private readonly formats = new Map<string, FileFormat>();
  private readonly fileSystems = new Map<string, FileSystem>();
  /** By the names of their classes, and of those of Spark's whose place they take. */
  private readonly stateStores = new Map<string, StateStoreProvider>();

  constructor(
    plugins: readonly Plugin[],
    config: RuntimeConfig,
    clock: Clock,
    warn: (message: string) => void,
  ) {
    this.config = config;
    this.clock = clock;
    this.warn = warn;
    this.addFileSystem(localFileSystem());
    this.add({
      name: "@ss/sql",
      sources: [stateStoreSource, stateMetadataSource],
      stateStores: [memoryStateStoreProvider],
    });
    this.addAll(plugins);
  }

  /** More plug-ins; later ones take over names. */
  addAll(plugins: readonly Plugin[]): void {
    for (const plugin of plugins) checkPlugin(plugin);
    for (const plugin of plugins) this.add(plugin);
    const functions = plugins.flatMap((plugin) => plugin.functions ?? []);
    if (functions.length > 0)
      this.functions = this.functions.with(functions.map((fn) => columnFunction(fn, this)));
  }

  /** A function of the program. */
  addFunction(fn: SqlFunction): void {
    this.functions = this.functions.with([fn]);
  }

  private add(plugin: Plugin): void {
    for (const source of plugin.sources ?? [])
      for (const name of source.names) this.sources.set(name.toLowerCase(), source);
    for (const sink of plugin.sinks ?? [])
      for (const name of sink.names) this.sinks.set(name.toLowerCase(), sink);
    for (const format of plugin.formats ?? []) {
      const name = format.name.toLowerCase();
      // the reading and the writing half of a format may come from two plug-ins
      this.formats.set(name, { ...this.formats.get(name), ...format });
    }
    for (const fileSystem of plugin.fileSystems ?? []) this.addFileSystem(fileSystem);
    for (const store of plugin.stateStores ?? [])
      for (const name of [store.className, ...(store.standsFor ?? [])]) this.stateStores.set(name, store);
  }

  private addFileSystem(fileSystem: FileSystem): void {
    for (const scheme of fileSystem.schemes) this.fileSystems.set(scheme, fileSystem);
  }

  /** The provider that reads a format; DATA_SOURCE_NOT_FOUND names the package to install. */
  source(format: string): SourceProvider {
    const name = format.toLowerCase();
    const found = this.sources.get(name) ?? (this.formats.get(name)?.reader && this.formatReader());
    if (found) return found;
    const formats = this.formatReader() ? [...this.formats.values()].filter(({ reader }) => reader) : [];
    throw notFound(format, "reads", [...this.sources.keys(), ...formats.map(({ name }) => name)]);
  }

  /** The provider that writes a format; DATA_SOURCE_NOT_FOUND names the package to install. */
  sink(format: string): SinkProvider {
    const name = format.toLowerCase();
    const found = this.sinks.get(name) ?? (this.formats.get(name)?.writer && this.formatWriter());
    if (found) return found;
    const formats = this.formatWriter() ? [...this.formats.values()].filter(({ writer }) => writer) : [];
    throw notFound(format, "writes", [...BUILT_IN, ...this.sinks.keys(), ...formats.map(({ name }) => name)]);
  }

  private formatReader(): SourceProvider | undefined {
    return [...this.sources.values()].find((provider) => provider.readsFormats);
  }

  private formatWriter(): SinkProvider | undefined {
    return [...this.sinks.values()].find((provider) => provider.writesFormats);
  }

  fileSystem(path: string): FileSystem {
    const scheme = /^([a-z][a-z0-9+.-]*):\//i.exec(path)?.[1]?.toLowerCase() ?? "file";
    const found = this.fileSystems.get(scheme);
    if (found) return found;
    throw new StreamError({
      condition: "SS_UNKNOWN_FILE_SYSTEM",
      parameters: { scheme, path },
      message: `No file system in use serves '${scheme}://' (${path}). Pass a plug-in with one to SparkSession.builder().use(...).`,
    });
  }

  /** The provider of state stores of a class; STATE_STORE_INVALID_PROVIDER where no plug-in brings one. */
  stateStore(className: string): StateStoreProvider {
    const found = this.stateStores.get(className);
    if (found) return found;
    const advice = /RocksDB|state-lmdb/.test(className)
      ? "State larger than memory is kept by @ss/state-lmdb: install it and pass lmdbStateStore() to SparkSession.builder().use(...)."
      : "Pass a plug-in that brings it to SparkSession.builder().use(...), or unset spark.sql.streaming.stateStore.providerClass.";
    throw new StreamError({
      condition: "STATE_STORE_INVALID_PROVIDER",
      sqlState: "42K06",
      parameters: { inputClass: className },
      message: `There is no state store provider '${className}' in use. ${advice}`,
    });
  }

  format(name: string): FileFormat | undefined {
    return this.formats.get(name.toLowerCase());
  }

  /** The session as a query sees it that keeps to the settings that it was started with. */
  sessionWith(config: RuntimeConfig): SessionContext {
    return {
      clock: this.clock,
      warn: this.warn,
      fileSystem: (path) => this.fileSystem(path),
      format: (name) => this.format(name),
      conf: (key) => config.find(key),
      confKeys: () => [...config.entries().keys()],
      timeZone: config.timeZone,
    };
  }

  conf(key: string): string | undefined {
    return this.config.find(key);
  }

  confKeys(): readonly string[] {
    return [...this.config.entries().keys()];
  }

  get timeZone(): string {
    return this.config.timeZone;
  }
}

/** `there` are the names that could have been given in its place, for one that is misspelt. */
function notFound(format: string, does: "reads" | "writes", there: readonly string[]): StreamError {
  const known = Object.hasOwn(PACKAGES, format.toLowerCase()) ? PACKAGES[format.toLowerCase()] : undefined;
  const advice = known
    ? `Install ${known} and pass it to SparkSession.builder().use(...).`
    : "Install the package of its connector and pass it to SparkSession.builder().use(...).";
  return new StreamError({
    condition: "DATA_SOURCE_NOT_FOUND",
    sqlState: "42K02",
    parameters: { provider: format },
    message: `Failed to find the data source '${format}'. ${advice} This session ${does}: ${formatNames(there)}.`,
  });
}

function formatNames(names: readonly string[]): string {
  return [...new Set(names)].sort().join(", ");
}
