import { type DataType, layoutOf } from "@ss/core";
import { loadDecimal128 } from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import { scratchCode } from "../emit/int64.js";
import { valueCode } from "../emit/parts.js";
import type { ValueMemory } from "./value-parsers.js";

/** The value that a parser left in memory. */
export function memoryCode(writer: CodeWriter, type: DataType, isNull: string, memory: ValueMemory): Code {
  const layout = layoutOf(type);
  const at = (array: unknown, index = 0): string => `${writer.constant(array)}[${index}]`;
  switch (layout) {
    case "boolean":
      return valueCode(type, isNull, `(${at(memory.ints)} === 1)`);
    case "float32":
      return valueCode(type, isNull, writer.variable(at(memory.floats)));
    case "float64":
      return valueCode(type, isNull, writer.variable(at(memory.doubles)));
    case "int64":
      return scratchCode(writer, type, isNull, { values: memory.longs, words: memory.words });
    case "int128":
      return valueCode(
        type,
        isNull,
        `${writer.constant(loadDecimal128)}(${writer.constant(memory.longs)}, 0)`,
      );
    case "interval": {
      const [months, days, micros] = [at(memory.ints), at(memory.ints, 1), at(memory.longs)];
      return { type, isNull, layout, months, days, micros };
    }
    default:
      return valueCode(type, isNull, writer.variable(at(memory.ints)));
  }
}
