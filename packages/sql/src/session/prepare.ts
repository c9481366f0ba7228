import type {
  OutputMode,
  Predicate,
  PushdownAnswer,
  ReadRequest,
  Source,
  StructType,
  Table,
  Value,
} from "@ss/core";
import {
  checkedSource,
  checkedTable,
  Options,
  StructType as Schema,
  StreamError,
  StructField,
  valueAt,
} from "@ss/core";
import { analyze } from "../analyzer/analyze.js";
import type { AnalyzerEnvironment } from "../analyzer/environment.js";
import { reportLateRows } from "../analyzer/late-rows.js";
import { PendingAnswer } from "../analyzer/pending-answer.js";
import { breather } from "../execution/breather.js";
import type { BuildSettings } from "../execution/build.js";
import { Stage } from "../execution/codegen/stage.js";
import type { WorkerPool } from "../execution/parallel/worker-pool.js";
import type { Expression } from "../expression/expression.js";
import { externalOptions } from "../expression/external-value.js";
import { collectReads } from "../logical/collect-reads.js";
import { outputOf } from "../logical/output.js";
import type { LogicalPlan, Read } from "../logical/plan.js";
import { optimize } from "../optimizer/optimize.js";
import { withinStack } from "../parser/too-complex.js";
import { placeColumnCalls } from "../physical/place-column-calls.js";
import type { PhysicalPlan } from "../physical/plan.js";
import { Planner } from "../physical/planner.js";
import type { Catalog } from "./catalog.js";
import type { Plugins } from "./plugins.js";
import type { RuntimeConfig } from "./runtime-config.js";

const SKIP_INITIAL_KEYS = "spark.sql.streaming.flatMapGroupsWithState.skipEmittingInitialStateKeys";

/** A plan with its columns resolved and its inputs found. */
export interface Analyzed {
  readonly plan: LogicalPlan;
  readonly tables: ReadonlyMap<number, Table>;
  readonly sources: ReadonlyMap<number, Source>;
}

/** The columns that a query gives. */
export function schemaOfPlan({ plan }: Analyzed): StructType {
  return new Schema(outputOf(plan).map((a) => StructField(a.name, a.type, a.nullable)));
}

/** A plan ready to run. */
export interface Prepared extends Analyzed {
  readonly optimized: LogicalPlan;
  readonly physical: PhysicalPlan;
}

/** What a streaming query was started with that its plan depends on. */
export interface StartedQuery {
  readonly mode: OutputMode;
  readonly queryId: string;
}

/** Turns unresolved plans into physical ones: finds inputs, analyzes, optimizes, plans. */
export class Preparation {
  private readonly plugins: Plugins;
  private readonly catalog: Catalog;
  private readonly config: RuntimeConfig;
  private readonly nowMs: () => number;
  private readonly pool: WorkerPool | undefined;
  /** Schemas that were inferred stay as they are for the life of a read, as in Spark. */
  private readonly schemas: WeakMap<Read, StructType>;

  constructor(
    plugins: Plugins,
    catalog: Catalog,
    config: RuntimeConfig,
    nowMs: () => number,
    pool: WorkerPool | undefined,
    schemas: WeakMap<Read, StructType> = new WeakMap(),
  ) {
    this.schemas = schemas;
    this.pool = pool;
    this.plugins = plugins;
    this.catalog = catalog;
    this.config = config;
    this.nowMs = nowMs;
  }

  /** The same under other settings. */
  withSettings(config: RuntimeConfig): Preparation {
    return new Preparation(this.plugins, this.catalog, config, this.nowMs, this.pool, this.schemas);
  }

  get settings(): BuildSettings {
    const { ansi, timeZone } = this.config;
    const { pool } = this;
    const { functions } = this.plugins;
    const conf = (): Readonly<Record<string, string>> => Object.fromEntries(this.config.entries());
    return {
      ...(pool === undefined ? {} : { parallelism: { pool, functions, conf } }),
      ansi,
      timeZone,
      external: externalOptions((key) => this.config.get(key)),
      skipsInitialKeys: this.config.get(SKIP_INITIAL_KEYS).toLowerCase() === "true",
    };
  }

  /** Finds the inputs of a plan and resolves its names and types. `forOneRun`: its tables may keep what opening them finds. */
  async analyze(plan: LogicalPlan, forOneRun = false): Promise<Analyzed> {
    const tables = new Map<number, Table>();
    const sources = new Map<number, Source>();
    const schemas = new Map<number, StructType>();
    for (const read of collectReads(plan, (name) => this.catalog.find(name))) {
      if (schemas.has(read.readId)) continue;
      const input = await this.open(read, forOneRun);
      if (read.streaming) sources.set(read.readId, input as Source);
      else tables.set(read.readId, input as Table);
      schemas.set(read.readId, input.schema);
      if (!this.schemas.has(read)) this.schemas.set(read, input.schema);
    }
    const breathe = breather(() => performance.now());
    const resolved = await this.resolve(plan, schemas);
    await breathe();
    return { plan: resolved, tables, sources };
  }

  /** Analyzes, again and again until nothing is missing that functions have to read first. */
  private async resolve(plan: LogicalPlan, schemas: ReadonlyMap<number, StructType>): Promise<LogicalPlan> {
    const answers = new Map<string, unknown>();
    for (;;) {
      try {
        return withinStack(() => analyze(plan, this.environment(schemas, answers)));
      } catch (pending) {
        if (!(pending instanceof PendingAnswer)) throw pending;
        answers.set(pending.key, await pending.answer);
      }
    }
  }

  /** The same query, reporting the rows that its operators drop for being late. */
  reportLateRows(analyzed: Analyzed, mode: OutputMode): Analyzed {
    return { ...analyzed, plan: reportLateRows(analyzed.plan, mode, this.environment(new Map())) };
  }

  /** The input of a read: a table or, for streams, a source that is not open yet. */
  private async open(read: Read, forOneRun: boolean): Promise<Table | Source> {
    const provider = this.plugins.source(read.format);
    const known = this.schemas.get(read);
    if (read.schema && provider.fixedSchema) throw schemaRefused(read.format);
    const request: ReadRequest = {
      format: read.format,
      options: new Options(read.options),
      paths: read.paths,
      schema: read.schema ?? (provider.fixedSchema ? undefined : known),
      forOneRun,
      session: this.plugins.sessionWith(this.config),
    };
    if (read.streaming) {
      if (!provider.stream) throw noSuchRead(read);
      return checkedSource(read.format, await provider.stream(request));
    }
    if (!provider.table) throw noSuchRead(read);
    return checkedTable(read.format, await provider.table(request));
  }

  private environment(
    schemas: ReadonlyMap<number, StructType>,
    answers: ReadonlyMap<string, unknown> = new Map(),
  ): AnalyzerEnvironment {
    const { ansi, timeZone } = this.config;
    return {
      ansi,
      timeZone,
      caseSensitive: this.config.get("spark.sql.caseSensitive").toLowerCase() === "true",
      functions: this.plugins.functions,
      conf: (key) => this.config.find(key),
      resolveRelation: (name) => this.catalog.find(name),
      readSchema: (read) => schemas.get(read.readId)!,
      evaluate: (expressions) => this.evaluate(expressions),
      answers,
    };
  }

  /** The values of expressions that read no column. */
  evaluate(expressions: readonly Expression[]): readonly Value[] {
    const stage = new Stage({ input: [], conditions: [], outputs: expressions }, this.settings);
    const nowMs = this.nowMs();
    const { columns } = stage.run([], 1, { nowMs: () => nowMs, partition: () => 0 });
    return columns.map((column) => valueAt(column, 0));
  }

  /** Optimizes and plans an analyzed query, with turns of the event loop between. */
  async plan(analyzed: Analyzed, streaming: boolean, query?: StartedQuery): Promise<Prepared> {
    const breathe = breather(() => performance.now());
    const optimized = optimize(analyzed.plan, {
      evaluate: (expression) => this.evaluate([expression])[0]!,
      ansi: this.config.ansi,
      inline: streaming,
    });
    await breathe();
    const pushdown = (read: Read, predicate: Predicate): PushdownAnswer => {
      const input = analyzed.tables.get(read.readId) ?? analyzed.sources.get(read.readId);
      return input?.pushdown?.(predicate) ?? "unsupported";
    };
    const physical = placeColumnCalls(new Planner({ pushdown, streaming, ...query }).plan(optimized));
    await breathe();
    return { ...analyzed, optimized, physical };
  }
}

function schemaRefused(format: string): StreamError {
  return new StreamError({
    condition: "_LEGACY_ERROR_TEMP_2242",
    parameters: { provider: format },
    message: `${format} source does not support user-specified schema. Leave out .schema(...).`,
  });
}

function noSuchRead(read: Read): StreamError {
  const way = read.streaming ? "streamed reading" : "batch reading";
  return new StreamError({
    condition: "_LEGACY_ERROR_TEMP_2093",
    parameters: { provider: read.format },
    message: `Data source ${read.format} does not support ${way}. Use ${read.streaming ? "spark.read" : "spark.readStream"} instead.`,
  });
}
