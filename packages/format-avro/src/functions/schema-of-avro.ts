import {
  BytesColumn,
  type ColumnFunction,
  type ColumnFunctionCall,
  type ColumnFunctionResolution,
  StringType,
  sqlText,
  type WorkerForm,
} from "@ss/core";
import { parseSchema } from "../schema/parse-schema.js";
import { toSqlType } from "../schema/to-sql-type.js";
import { withSchema } from "./avro-errors.js";
import { sqlTypeOptions } from "./read-options.js";

const encoder = new TextEncoder();

/** `schema_of_avro(schema[, options])`: the SQL type that `from_avro` gives, as text. */
export function schemaOfAvroFunction(worker: WorkerForm | undefined): ColumnFunction {
  return {
    name: "schema_of_avro",
    arity: [1, 2],
    columnCount: 0,
    nullPropagating: false,
    worker,
    resolve,
    open: ({ state }) => {
      const text = encoder.encode(state as string);
      return {
        evaluate: (_args, rowCount) =>
          new BytesColumn(
            StringType,
            rowCount,
            null,
            text,
            new Int32Array(rowCount),
            new Int32Array(rowCount).fill(text.length),
          ),
      };
    },
  };
}

function resolve(call: ColumnFunctionCall): ColumnFunctionResolution {
  const { constant } = call.args[0]!;
  if (typeof constant !== "string") {
    const msg =
      "The first argument of the SCHEMA_OF_AVRO SQL function must be a constant string containing the JSON representation of the schema";
    throw call.mismatch("TYPE_CHECK_FAILURE_WITH_HINT", `${msg}.`, { msg, hint: "" });
  }
  const options = sqlTypeOptions(call.options(1));
  const type = withSchema(call, () => toSqlType(parseSchema(constant), options).type);
  return { type: StringType, nullable: false, state: sqlText(type) };
}
