import { type DataType, StreamError } from "@ss/core";
import { type UserDefinedFunction, udf } from "../dataframe/user-functions.js";
import type { SqlFunction } from "../expression/function.js";

/** Makes functions of the program known to the SQL of a session: `spark.udf`. */
export class UDFRegistration {
  private readonly add: (fn: SqlFunction) => void;

  constructor(add: (fn: SqlFunction) => void) {
    this.add = add;
  }

  /**
   * Makes a function known under a name, in place of what was known by it; gives the column function that shows that name. Either what `udf` or `udaf`
   * gave, or a plain function and the type of its result.
   *
   * @example
   * ```ts
   * spark.udf.register("twice", (x: number) => 2 * x, "long");
   * spark.sql("SELECT twice(id) FROM range(3)");
   * ```
   */
  register(name: string, fn: UserDefinedFunction): UserDefinedFunction;
  register<A extends readonly never[]>(
    name: string,
    run: (...values: A) => unknown,
    returnType: DataType | string,
  ): UserDefinedFunction;
  register(
    name: string,
    fn: UserDefinedFunction | ((...values: never[]) => unknown),
    returnType?: DataType | string,
  ): UserDefinedFunction {
    const made = "registered" in fn ? fn.withName(name) : undefined;
    if (made === undefined && returnType === undefined) throw withoutType(name);
    const known = made ?? udf(fn as (...values: never[]) => unknown, returnType!, name);
    this.add(known.registered);
    return known;
  }
}

function withoutType(name: string): StreamError {
  return new StreamError({
    condition: "SS_UDF_WITHOUT_TYPE",
    sqlState: "42601",
    parameters: { name },
    message: `spark.udf.register("${name}", ...) needs the type of the function's result: give it as the third argument, or register what udf(...) or udaf(...) made.`,
  });
}
