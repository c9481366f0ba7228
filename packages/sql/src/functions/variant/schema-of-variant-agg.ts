import { type DataType, NullType, parseTypeText, StringType, sqlText, valueAt } from "@ss/core";
import { VariantReader } from "@ss/kernels";
import type { AggregateFunction } from "../../expression/function.js";
import { type GroupLogic, ObjectAccumulator } from "../aggregate/object-accumulator.js";
import { variantFailure } from "./variant-errors.js";
import { variantArgument } from "./variant-functions.js";
import { mergeVariantSchemas, variantSchemaAt, variantSchemaText } from "./variant-schema.js";
import type { VariantParts } from "./variant-value.js";

interface State {
  type: DataType;
}

/** `schema_of_variant_agg(v)`: the schema that all variants of a group have in common. */
export const schemaOfVariantAgg: AggregateFunction = {
  form: "aggregate",
  names: ["schema_of_variant_agg"],
  arity: [1, 1],
  resolve: (args, context) => ({ args: [variantArgument(args, context)], type: StringType, nullable: false }),
  buffer: () => [{ name: "schema", type: StringType, nullable: false }],
  accumulator: () => new ObjectAccumulator(logic(), [StringType], StringType),
};

function logic(): GroupLogic<State> {
  const reader = new VariantReader();
  return {
    create: () => ({ type: NullType }),
    add: (state, args, i) => {
      if (args[0]!.isNull(i)) return;
      try {
        reader.openParts(...(valueAt(args[0]!, i) as unknown as VariantParts));
        state.type = mergeVariantSchemas(state.type, variantSchemaAt(reader, reader.root));
      } catch (error) {
        throw variantFailure(error, "schema_of_variant_agg");
      }
    },
    // Partial results travel as the texts of types, with objects as structs.
    merge: (state, [schema]) => {
      state.type = mergeVariantSchemas(state.type, parseTypeText(schema as string));
    },
    buffers: (state) => [sqlText(state.type)],
    result: (state) => variantSchemaText(state.type),
    byteSize: (state) => 64 + 2 * sqlText(state.type).length,
  };
}
