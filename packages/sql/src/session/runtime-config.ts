import { StreamError } from "@ss/core";
import { confDefault } from "./conf-entries.js";
import { threadsOf } from "./worker-threads.js";

/** `spark.conf`: settings of a session over Spark's defaults. */
export class RuntimeConfig {
  private readonly values = new Map<string, string>();

  constructor(initial: Readonly<Record<string, string>> = {}) {
    for (const [key, value] of Object.entries(initial)) this.set(key, value);
  }

  /** Sets a key. */
  set(key: string, value: string | number | boolean): void {
    this.values.set(key, String(value));
  }

  /** The value of a key, else its default, else `fallback`; SQL_CONF_NOT_FOUND where there is none of these. */
  get(key: string, fallback?: string): string {
    const value = this.find(key) ?? fallback;
    if (value !== undefined) return value;
    throw new StreamError({
      condition: "SQL_CONF_NOT_FOUND",
      sqlState: "42K0I",
      parameters: { sqlConf: `"${key}"` },
      message: `The configuration "${key}" is not set and has no default: set it with spark.conf.set("${key}", ...).`,
    });
  }

  /** The value of a key, else its default, else undefined. */
  find(key: string): string | undefined {
    return (
      this.values.get(key) ??
      (key === "spark.default.parallelism"
        ? String(threadsOf(this.values.get("spark.master")))
        : confDefault(key))
    );
  }

  /** Back to the default. */
  unset(key: string): void {
    this.values.delete(key);
  }

  /** What was set, without defaults. */
  entries(): ReadonlyMap<string, string> {
    return this.values;
  }

  /** The zone of the session: `spark.sql.session.timeZone`. */
  get timeZone(): string {
    return this.get("spark.sql.session.timeZone");
  }

  /** ANSI mode: `spark.sql.ansi.enabled`. */
  get ansi(): boolean {
    return this.get("spark.sql.ansi.enabled").toLowerCase() !== "false";
  }
}
