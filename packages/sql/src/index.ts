export {
  ArrayType,
  BinaryType,
  BooleanType,
  ByteType,
  CalendarIntervalType,
  type DataType,
  DateType,
  DayTimeIntervalType,
  DecimalType,
  DoubleType,
  type ExpiredTimerInfo,
  FloatType,
  type GroupState,
  GroupStateTimeout,
  IntegerType,
  type ListState,
  LongType,
  type MapState,
  MapType,
  type OutputMode,
  type QueryInfo,
  type RowFrom,
  type RowOf,
  type RowSpec,
  type SchemaLiteral,
  ShortType,
  StatefulProcessor,
  type StatefulProcessorHandle,
  StatefulProcessorWithInitialState,
  StreamError,
  type StreamingQuery,
  StreamingQueryException,
  type StreamingQueryListener,
  type StreamingQueryProgress,
  StringType,
  StructField,
  StructType,
  schemaOf,
  TimeMode,
  type TimerValues,
  TimestampNTZType,
  TimestampType,
  type TTLConfig,
  type TypedValue,
  type TypeSpec,
  type ValueState,
  YearMonthIntervalType,
} from "@ss/core";
export { Aggregator } from "./dataframe/aggregator.js";
export { Column, type ColumnOrName, type LiteralValue } from "./dataframe/column.js";
export { DataFrame } from "./dataframe/dataframe.js";
export { DataFrameWriter } from "./dataframe/dataframe-writer.js";
export type { ForeachWriter } from "./dataframe/executor.js";
export * from "./dataframe/functions.js";
export { GroupedData } from "./dataframe/grouped-data.js";
export {
  type FlatMapGroupsOptions,
  KeyValueGroupedDataset,
  type MapGroupsOptions,
  type ProcessorSource,
  type Reduced,
  type TransformOptions,
} from "./dataframe/key-value-grouped-dataset.js";
export { Reader } from "./dataframe/reader.js";
export type { AnyRow, ColumnName } from "./dataframe/row-types.js";
export { DataStreamWriter } from "./dataframe/stream-writer.js";
export { Trigger, type TriggerOptions } from "./dataframe/trigger.js";
export { nondeterministic, type UserDefinedFunction, udaf, udf } from "./dataframe/user-functions.js";
export { Window, WindowSpecification } from "./dataframe/window-spec.js";
export { VariantVal } from "./expression/variant-val.js";
export { RuntimeConfig } from "./session/runtime-config.js";
export { SessionBuilder, SparkSession } from "./session/spark-session.js";
export { UDFRegistration } from "./session/udf-registration.js";
