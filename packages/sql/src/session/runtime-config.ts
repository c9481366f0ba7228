import { StreamError } from "@ss/core";
import { confDefault, withoutEffect } from "./conf-entries.js";
import { checkModifiable, confText, confValue, isStatic } from "./conf-values.js";
import { threadsOf } from "./worker-threads.js";

/** `spark.conf`: settings of a session over Spark's defaults. */
export class RuntimeConfig {
  private readonly values = new Map<string, string>();
  private readonly warn: (message: string) => void;

  /** `warn` is told of keys that change nothing. */
  constructor(initial: Readonly<Record<string, string>> = {}, warn: (message: string) => void = () => {}) {
    this.warn = warn;
    this.put(initial);
  }

  /** Sets a key. Throws INVALID_CONF_VALUE where it does not take the value, CANNOT_MODIFY_STATIC_CONFIG or CANNOT_MODIFY_CONFIG where it takes none any more. */
  set(key: string, value: string | number | boolean): void {
    checkModifiable(key);
    this.put({ [key]: confText(key, value) });
  }

  /** Sets keys as a builder does for a session that is there: those that a session keeps to are left. */
  setAll(values: Readonly<Record<string, string>>): void {
    this.put(Object.fromEntries(Object.entries(values).filter(([key]) => !isStatic(key))));
  }

  private put(values: Readonly<Record<string, string>>): void {
    for (const [key, value] of Object.entries(values)) {
      this.values.set(key, confValue(key, value));
      const reason = value === confDefault(key) ? undefined : withoutEffect(key);
      if (reason !== undefined)
        this.warn(`The configuration ${key} is accepted and changes nothing: ${reason}.`);
    }
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
    checkModifiable(key);
    this.values.delete(key);
  }

  /** All that can be set back to their defaults. */
  unsetAll(): void {
    for (const key of [...this.values.keys()]) if (!isStatic(key)) this.values.delete(key);
  }

  /** The same settings, which stay as they are now. */
  copy(): RuntimeConfig {
    const copy = new RuntimeConfig();
    for (const [key, value] of this.values) copy.values.set(key, value);
    return copy;
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
