import { type SaveMode, StreamError } from "@ss/core";
import type { LogicalPlan } from "../logical/plan.js";
import { listOf, type OneOrMore } from "./column-list.js";
import type { BatchSave, Executor } from "./executor.js";
import { withOption, withOptions } from "./option-map.js";
import { formatArgument, pathArgument, textArgument } from "./text-argument.js";

type WriterState = Omit<BatchSave, "path">;

const MODES: Readonly<Record<string, SaveMode>> = {
  append: "append",
  overwrite: "overwrite",
  error: "errorifexists",
  errorifexists: "errorifexists",
  default: "errorifexists",
  ignore: "ignore",
};

/** Writes a table: `df.write.format("csv").mode("overwrite").save(path)`. Immutable. */
export class DataFrameWriter {
  private readonly plan: LogicalPlan;
  private readonly executor: Executor;
  private readonly state: WriterState;

  constructor(plan: LogicalPlan, executor: Executor, state?: WriterState) {
    this.plan = plan;
    this.executor = executor;
    this.state = state ?? {
      format: executor.conf("spark.sql.sources.default") ?? "parquet",
      options: {},
      mode: "errorifexists",
      partitionBy: [],
    };
  }

  private with(change: Partial<WriterState>): DataFrameWriter {
    return new DataFrameWriter(this.plan, this.executor, { ...this.state, ...change });
  }

  format(name: string): DataFrameWriter {
    return this.with({ format: formatArgument(name) });
  }

  /** What to do if something is there: `append`, `overwrite`, `error` (default), `ignore`. */
  mode(mode: string): DataFrameWriter {
    const key = String(mode).toLowerCase();
    const known = Object.hasOwn(MODES, key) ? MODES[key] : undefined;
    if (known) return this.with({ mode: known });
    throw new StreamError({
      condition: "INVALID_SAVE_MODE",
      sqlState: "42000",
      parameters: { mode: `"${mode}"` },
      message: `There is no save mode "${mode}"; there are "append", "overwrite", "error" and "ignore".`,
    });
  }

  option(name: string, value: string | number | boolean): DataFrameWriter {
    return this.with({ options: withOption(this.state.options, name, value) });
  }

  options(values: Readonly<Record<string, string | number | boolean>>): DataFrameWriter {
    return this.with({ options: withOptions(this.state.options, values) });
  }

  /** Folders by the values of some columns: `country=DE/part-...`. */
  partitionBy(...columns: OneOrMore<string>): DataFrameWriter {
    return this.with({
      partitionBy: listOf(columns).map((name) => textArgument("partitionBy", "column", name)),
    });
  }

  /** Runs the query and writes its rows. */
  save(path?: string): Promise<void> {
    return this.saveBy("save", path);
  }

  private async saveBy(method: string, given: string | undefined): Promise<void> {
    const path = pathArgument(method, given) ?? optionalPath(this.state.options);
    return this.executor.save(this.plan, { ...this.state, path });
  }

  csv(path: string): Promise<void> {
    return this.format("csv").saveBy("csv", path);
  }
  json(path: string): Promise<void> {
    return this.format("json").saveBy("json", path);
  }
  text(path: string): Promise<void> {
    return this.format("text").saveBy("text", path);
  }
  parquet(path: string): Promise<void> {
    return this.format("parquet").saveBy("parquet", path);
  }
}

/** The option `path`, in whatever case. */
export function optionalPath(options: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(options).find(([name]) => name.toLowerCase() === "path")?.[1];
}
