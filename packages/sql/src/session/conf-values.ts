import { parseDurationMs, StreamError } from "@ss/core";
import { timeZone } from "@ss/kernels";
import { valueText } from "../expression/value-text.js";
import { confDefault } from "./conf-entries.js";

type ConfType = "boolean" | "int" | "long" | "double" | "time in MILLISECONDS";

/** Of keys whose default does not tell. */
const TYPES: Readonly<Record<string, ConfType>> = {
  "spark.sql.streaming.internal.stateStore.partitions": "int",
  "spark.sql.streaming.stopTimeout": "time in MILLISECONDS",
  "spark.sql.streaming.realTimeMode.transformWithState.ttlEvictionIntervalMs": "time in MILLISECONDS",
  "spark.sql.files.maxRecordsPerFile": "long",
};

/** Keys with a choice of words, which may be given in any case. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  "spark.sql.timestampType": ["TIMESTAMP_NTZ", "TIMESTAMP_LTZ"],
  "spark.sql.mapKeyDedupPolicy": ["EXCEPTION", "LAST_WIN"],
  "spark.sql.storeAssignmentPolicy": ["ANSI", "LEGACY", "STRICT"],
  "spark.sql.legacy.timeParserPolicy": ["EXCEPTION", "LEGACY", "CORRECTED"],
  "ss.collect.longs": ["number", "bigint"],
  "ss.collect.timestamps": ["date", "micros"],
};

type Requirement = readonly [holds: (value: string) => boolean, otherwise: string];

const versions = (...allowed: readonly string[]): Requirement => [
  (value) => allowed.includes(value),
  `Valid versions are ${allowed.join(", ")}`,
];
const positive = (name: string): Requirement => [(value) => Number(value) > 0, `${name} must be positive`];

const CHECKPOINT_LOCATION = "spark.sql.streaming.checkpointLocation";

/** What holds for the values of a key besides their type. */
const REQUIREMENTS: Readonly<Record<string, Requirement>> = {
  "spark.sql.streaming.multipleWatermarkPolicy": [
    (value) => /^(min|max)$/i.test(value),
    "Invalid value for 'spark.sql.streaming.multipleWatermarkPolicy'. Valid values are 'min' and 'max'",
  ],
  "spark.sql.streaming.stateStore.encodingFormat": [
    (value) => /^(unsaferow|avro)$/i.test(value),
    "Valid values are 'unsaferow' and 'avro'",
  ],
  "spark.sql.streaming.minBatchesToRetain": positive("minBatchesToRetain"),
  "spark.sql.shuffle.partitions": positive("The value of spark.sql.shuffle.partitions"),
  "spark.sql.streaming.aggregation.stateFormatVersion": versions("1", "2"),
  "spark.sql.streaming.flatMapGroupsWithState.stateFormatVersion": versions("1", "2"),
  "spark.sql.streaming.join.stateFormatVersion": versions("1", "2", "3", "4"),
  "spark.sql.streaming.offsetLog.formatVersion": versions("1", "2"),
};

/** Keys that are set when a session is made, or never. */
const STATIC: ReadonlySet<string> = new Set([
  "spark.sql.streaming.streamingQueryListeners",
  "spark.sql.streaming.ui.enabled",
  "spark.sql.streaming.ui.enabledCustomMetricList",
  "spark.sql.streaming.ui.retainedProgressUpdates",
  "spark.sql.streaming.ui.retainedQueries",
]);

/** Keys that say what a session runs on, which is there from its beginning. */
const OF_THE_PROCESS: ReadonlySet<string> = new Set(["spark.master", "spark.driver.memory"]);

/** Whether a session that is there keeps to the value that it was made with. */
export function isStatic(key: string): boolean {
  return STATIC.has(key) || OF_THE_PROCESS.has(key);
}

/** Throws CANNOT_MODIFY_STATIC_CONFIG or CANNOT_MODIFY_CONFIG for a key of which {@link isStatic} is true. */
export function checkModifiable(key: string): void {
  if (OF_THE_PROCESS.has(key)) {
    throw new StreamError({
      condition: "CANNOT_MODIFY_CONFIG",
      sqlState: "46110",
      parameters: { key: `"${key}"`, docroot: "https://spark.apache.org/docs/latest" },
      message: `Cannot modify the value of the Spark config: "${key}". Give it to SparkSession.builder() before the session is made.`,
    });
  }
  if (!STATIC.has(key)) return;
  throw new StreamError({
    condition: "CANNOT_MODIFY_STATIC_CONFIG",
    sqlState: "46110",
    parameters: { key: `"${key}"` },
    message: `Cannot modify the value of the static Spark config: "${key}". Give it to SparkSession.builder() before the session is made.`,
  });
}

/** The text of a value that a program sets: Spark's settings are texts. What has none that means anything is refused with INVALID_CONF_VALUE. */
export function confText(key: string, value: unknown): string {
  const isPlace = key === CHECKPOINT_LOCATION;
  if (typeof value === "string") return value;
  if (!isPlace && ["number", "boolean", "bigint"].includes(typeof value)) return String(value);
  const confRequirement = isPlace
    ? "It has to be a text that names a place"
    : "It has to be a text, a number, or true or false";
  throw invalid("REQUIREMENT", key, valueText(value), { confRequirement }, `${confRequirement}.`);
}

/**
 * A value as it counts for its key, without blanks around it unless any text will do; INVALID_CONF_VALUE where the key does not take it. The words of
 * Spark's keys stay in the case in which they were given, as in Spark.
 */
export function confValue(key: string, given: string): string {
  const trimmed = given.trim();
  const value = /^(true|false)$/i.test(trimmed) ? trimmed.toLowerCase() : trimmed;
  const type = typeOf(key);
  if (type !== undefined && !isOf(type, value))
    throw invalid("TYPE_MISMATCH", key, given, { confType: type }, `It should be a/an '${type}' value.`);
  const words = WORDS[key];
  const word = words?.find((one) => one.toLowerCase() === value.toLowerCase());
  if (words !== undefined && word === undefined) {
    const confOptions = words.join(", ");
    throw invalid(
      "OUT_OF_RANGE_OF_OPTIONS",
      key,
      given,
      { confOptions },
      `It should be one of '${confOptions}'.`,
    );
  }
  const [holds, confRequirement] = REQUIREMENTS[key] ?? [undefined, ""];
  if (holds?.(value) === false)
    throw invalid("REQUIREMENT", key, given, { confRequirement }, `${confRequirement}.`);
  const isZone = key === "spark.sql.session.timeZone";
  if (isZone && timeZone(value) === undefined)
    throw invalid("TIME_ZONE", key, given, {}, "Use a name such as Europe/Berlin, an offset or UTC.");
  if (word !== undefined && key.startsWith("ss.")) return word;
  const isAnyText = type === undefined && word === undefined && holds === undefined && !isZone;
  return isAnyText ? given : value;
}

function typeOf(key: string): ConfType | undefined {
  const known = TYPES[key];
  if (known !== undefined) return known;
  const text = confDefault(key);
  if (text === undefined) return undefined;
  if (text === "true" || text === "false") return "boolean";
  if (/^\d+ms$/.test(text)) return "time in MILLISECONDS";
  if (/^-?\d+$/.test(text)) return "int";
  return /^\d+\.\d+$/.test(text) ? "double" : undefined;
}

function isOf(type: ConfType, value: string): boolean {
  switch (type) {
    case "boolean":
      return value === "true" || value === "false";
    case "int":
      return /^[+-]?\d+$/.test(value) && Math.abs(Number(value)) <= 2_147_483_647;
    case "long":
      return /^[+-]?\d+$/.test(value);
    case "double":
      return value !== "" && Number.isFinite(Number(value));
    case "time in MILLISECONDS":
      return parseDurationMs(value) !== undefined;
  }
}

function invalid(
  kind: string,
  confName: string,
  given: string,
  parameters: Readonly<Record<string, string>>,
  help: string,
): StreamError {
  return new StreamError({
    condition: `INVALID_CONF_VALUE.${kind}`,
    sqlState: "22022",
    parameters: { confName, confValue: given, ...parameters },
    message: `The value '${given}' in the config "${confName}" is invalid. ${help}`,
  });
}
