import {
  type BytesColumn,
  type ColumnFunction,
  type FunctionSubject,
  Int32Column,
  IntegerType,
} from "@ss/core";

/** `byte_length(value)`: the number of bytes of a BINARY. */
export const byteLength: ColumnFunction = {
  name: "byte_length",
  arity: [1, 1],
  columnCount: 1,
  nullPropagating: true,
  resolve: (call) => {
    const value = call.args[0]!;
    if (value.type.kind !== "binary") throw call.unexpectedType(0, '"BINARY"');
    return { type: IntegerType, nullable: value.nullable };
  },
  open: () => ({
    evaluate: ([value], rowCount) => {
      const { validity, lengths } = value as BytesColumn;
      return new Int32Column(IntegerType, rowCount, validity, lengths);
    },
  }),
};

/** The call of it on a column. */
export function byte_length<C extends FunctionSubject<C>>(value: C): C {
  return value.callFunction("byte_length");
}
