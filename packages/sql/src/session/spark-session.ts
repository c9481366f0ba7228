import {
  batchFromRows,
  type Clock,
  LongType,
  type Plugin,
  StructType as Schema,
  type StreamingCheckpointManager,
  StreamingQueryManager,
  type StructType,
  systemClock,
  type TypedStructType,
} from "@ss/core";
import { DataFrame } from "../dataframe/dataframe.js";
import { Reader } from "../dataframe/reader.js";
import type { AnyRow } from "../dataframe/row-types.js";
import { textArgument } from "../dataframe/text-argument.js";
import { type Attribute, freshId } from "../expression/expression.js";
import { toInternal } from "../expression/internal-value.js";
import type { Statement } from "../logical/command.js";
import { setActiveParserConf } from "../parser/active-conf.js";
import { parseStatement, parseTableName } from "../parser/parser.js";
import { Catalog } from "./catalog.js";
import { confText } from "./conf-values.js";
import { unsupportedStatement } from "./errors.js";
import { inferRowSchema } from "./infer-row-schema.js";
import { Plugins } from "./plugins.js";
import { RuntimeConfig } from "./runtime-config.js";
import { SessionExecutor } from "./session-executor.js";
import { UDFRegistration } from "./udf-registration.js";

/** What a session is made of. */
export interface SessionSettings {
  readonly config: Readonly<Record<string, string>>;
  readonly plugins: readonly Plugin[];
  readonly clock: Clock;
  /** Where `show` prints; default the process's standard output. */
  readonly print: (text: string) => void;
  /** Where warnings go; default the process's standard error. */
  readonly log: (level: "info" | "warn" | "error", message: string) => void;
}

let active: SparkSession | undefined;

/** Builds a session: `await SparkSession.builder().appName("retail").use(fileSource()).getOrCreate()`. */
export class SessionBuilder {
  private readonly settings: Record<string, string> = {};
  private readonly plugins: Plugin[] = [];
  private clock: Clock = systemClock;
  private print: (text: string) => void = (text) => void process.stdout.write(text);
  private log: SessionSettings["log"] = (level, message) => {
    if (level !== "info") process.stderr.write(`${level}: ${message}\n`);
  };

  /** A name for people. */
  appName(name: string): this {
    return this.config("spark.app.name", name);
  }

  /** `local`, `local[N]` or `local[*]`: with N of 2 or more, input is read, decoded and pre-aggregated on N worker threads. Default one thread. */
  master(master: string): this {
    return this.config("spark.master", master);
  }

  /** A setting, with one of Spark's keys. */
  config(key: string, value: string | number | boolean): this {
    this.settings[key] = confText(key, value);
    return this;
  }

  /** Connectors, formats and file systems that the session shall know. */
  use(...plugins: readonly Plugin[]): this {
    this.plugins.push(...plugins);
    return this;
  }

  /** A clock other than the machine's; for tests. */
  withClock(clock: Clock): this {
    this.clock = clock;
    return this;
  }

  /** Where `show()` and `printSchema()` print. */
  printTo(print: (text: string) => void): this {
    this.print = print;
    return this;
  }

  /** Where warnings go. */
  logTo(log: SessionSettings["log"]): this {
    this.log = log;
    return this;
  }

  /** A new session, also if there is one already. */
  async create(): Promise<SparkSession> {
    const { settings, plugins, clock, print, log } = this;
    active = new SparkSession({ config: { ...settings }, plugins: [...plugins], clock, print, log });
    return active;
  }

  /** The active session, with these settings and plug-ins added to it, or a new one. */
  async getOrCreate(): Promise<SparkSession> {
    if (!active) return this.create();
    active.conf.setAll(this.settings);
    active.use(...this.plugins);
    return active;
  }
}

/** The entry point: reads tables and streams, runs SQL, knows the running queries. */
export class SparkSession {
  /** Settings. */
  readonly conf: RuntimeConfig;
  /** The running queries. */
  readonly streams: StreamingQueryManager;
  /** The release of Spark whose names and behaviour this follows. */
  readonly version = "4.3.0";
  private readonly catalogViews = new Catalog();
  private readonly plugins: Plugins;
  private readonly executor: SessionExecutor;

  /** Use {@link SparkSession.builder}. */
  constructor(settings: SessionSettings) {
    this.conf = new RuntimeConfig(settings.config, (message) => settings.log("warn", message));
    this.plugins = new Plugins(settings.plugins, this.conf, settings.clock, (message) =>
      settings.log("warn", message),
    );
    this.streams = new StreamingQueryManager({
      clock: settings.clock,
      log: settings.log,
      fileSystem: (path) => this.plugins.fileSystem(path),
    });
    this.executor = new SessionExecutor({
      config: this.conf,
      catalog: this.catalogViews,
      plugins: this.plugins,
      streams: this.streams,
      clock: settings.clock,
      print: settings.print,
      log: settings.log,
    });
    setActiveParserConf(() => this.executor.parserConf());
  }

  /** A builder without settings. */
  static builder(): SessionBuilder {
    return new SessionBuilder();
  }

  /** The session made last, if it has not been stopped. */
  static active(): SparkSession | undefined {
    return active;
  }

  /** More plug-ins for a session that runs. */
  use(...plugins: readonly Plugin[]): this {
    this.plugins.addAll(plugins);
    return this;
  }

  /** The checkpoints of queries that do not run. */
  get streamingCheckpointManager(): StreamingCheckpointManager {
    return this.streams;
  }

  /** Reads tables. */
  get read(): Reader {
    this.executor.assertRunning();
    return new Reader(this.executor, false);
  }

  /** Reads streams. */
  get readStream(): Reader {
    this.executor.assertRunning();
    return new Reader(this.executor, true);
  }

  /** Runs a SQL statement: a query gives its DataFrame; `CREATE TEMP VIEW`, `SET` and the like take effect at once. */
  sql(text: string): DataFrame {
    this.executor.assertRunning();
    return this.run(parseStatement(textArgument("sql", "text", text), this.executor.parserConf()));
  }

  private run(statement: Statement): DataFrame {
    switch (statement.kind) {
      case "query":
        return new DataFrame(statement.plan, this.executor);
      case "createView": {
        const { name, columns, plan, replace, global } = statement;
        const named = columns ? ({ kind: "toNames", child: plan, names: columns } as const) : plan;
        const view = global ? ["global_temp", ...name] : name;
        if (!(statement.ifNotExists && this.catalogViews.find(view)))
          this.catalogViews.createView(view, named, replace);
        return this.empty();
      }
      case "dropView":
      case "dropTable":
        this.catalogViews.dropView(statement.name, statement.ifExists);
        return this.empty();
      case "set":
        return this.setting(statement.key, statement.value);
      case "reset":
        if (statement.key !== undefined) this.conf.unset(statement.key);
        else this.conf.unsetAll();
        return this.empty();
      default:
        throw unsupportedStatement(
          statement.kind === "unsupported" ? statement.name : statement.kind.toUpperCase(),
        );
    }
  }

  /** `SET key=value` and `SET key` answer with the key and its value, `SET` with all that were set. */
  private setting(key: string | undefined, value: string | undefined): DataFrame {
    if (key !== undefined && value !== undefined) this.conf.set(key, value);
    const rows =
      key === undefined ? [...this.conf.entries()] : [[key, value ?? this.conf.find(key) ?? "<undefined>"]];
    return this.createDataFrame(rows, "key STRING, value STRING");
  }

  private empty(): DataFrame {
    return new DataFrame({ kind: "localRelation", attributes: [], batches: [] }, this.executor);
  }

  /** A table or view by name. */
  table(name: string): DataFrame {
    this.executor.assertRunning();
    return new DataFrame(
      { kind: "unresolvedRelation", name: parseTableName(textArgument("table", "name", name)) },
      this.executor,
    );
  }

  /** The numbers from `start` (default 0) to below `end`. */
  range(
    startOrEnd: number | bigint,
    end?: number | bigint,
    step: number | bigint = 1,
  ): DataFrame<{ id: number | null }> {
    this.executor.assertRunning();
    const attribute: Attribute = {
      kind: "attribute",
      id: freshId(),
      name: "id",
      type: LongType,
      nullable: false,
      qualifier: [],
    };
    const [from, to] = end === undefined ? [0, startOrEnd] : [startOrEnd, end];
    const plan = {
      kind: "range",
      start: BigInt(from),
      end: BigInt(to),
      step: BigInt(step),
      attribute,
    } as const;
    return new DataFrame(plan, this.executor);
  }

  /** A table of rows in the program: objects, or arrays in the order of the schema. */
  createDataFrame<R extends object>(rows: readonly unknown[], schema: TypedStructType<R>): DataFrame<R>;
  createDataFrame<R extends object>(rows: readonly R[]): DataFrame<R>;
  createDataFrame(rows: readonly unknown[], schema: StructType | string): DataFrame;
  createDataFrame(rows: readonly unknown[], schema?: StructType | string): DataFrame<AnyRow> {
    this.executor.assertRunning();
    const type = typeof schema === "string" ? Schema.fromDDL(schema) : (schema ?? inferRowSchema(rows));
    const values = rows.map((row, k) => toInternal(row, type, `row ${k}`) as never);
    const attributes = type.fields.map(
      ({ name, type: fieldType, nullable, metadata }): Attribute => ({
        kind: "attribute",
        id: freshId(),
        name,
        type: fieldType,
        nullable,
        qualifier: [],
        metadata,
      }),
    );
    const batches = rows.length === 0 ? [] : [batchFromRows(type, values)];
    return new DataFrame({ kind: "localRelation", attributes, batches }, this.executor);
  }

  /** Makes functions of the program known to SQL. */
  get udf(): UDFRegistration {
    this.executor.assertRunning();
    return new UDFRegistration((fn) => this.plugins.addFunction(fn));
  }

  /** Temporary views. */
  get catalog(): { dropTempView(name: string): boolean; listViews(): string[] } {
    return {
      dropTempView: (name) => this.catalogViews.dropView(parseTableName(name), true),
      listViews: () => this.catalogViews.viewNames(),
    };
  }

  /**
   * Stops all running queries, then the session: whatever is asked of it and its tables from then on fails with SS_SESSION_STOPPED.
   * `getOrCreate()` makes a new one. Throws SS_STOP_TIMEOUT at the end where a query did not stop within `spark.sql.streaming.stopTimeout`.
   */
  async stop(): Promise<void> {
    if (active === this) {
      active = undefined;
      setActiveParserConf(undefined);
    }
    await this.executor.stop();
  }
}
