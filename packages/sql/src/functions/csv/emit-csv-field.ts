import { type DataType, layoutOf } from "@ss/core";
import { ByteArena, KIND_PLAIN, KIND_QUOTED } from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import { type BytesCode, bytesCode } from "../emit/parts.js";
import type { StageBytes } from "../emit/stage-bytes.js";
import { memoryCode } from "../text-record/memory-code.js";
import { type ValueText, valueMemory, valueParser } from "../text-record/value-parsers.js";
import type { CsvRecord } from "./csv-record.js";

/** What the fields of one record share in the generated code. */
export interface CsvReading {
  readonly writer: CodeWriter;
  /** The record's text. */
  readonly code: BytesCode;
  readonly record: CsvRecord;
  readonly text: ValueText;
  /** The variable that says that the record is malformed. */
  readonly bad: string;
}

/** Where the generated code finds a field of the record. */
interface Place {
  readonly start: string;
  readonly length: string;
  readonly kind: string;
}

/** Reads a field of the record that was tokenised last; one that holds no value of its type is null and marks the record. */
export function emitCsvField(reading: CsvReading, type: DataType, index: number): Code {
  const { writer, code, record } = reading;
  const column = record.fields[index]!;
  const found = `${writer.constant(column.lengths)}[0]`;
  const place: Place = {
    length: writer.variable(code.isNull === "false" ? found : `${code.isNull} ? -1 : ${found}`),
    start: writer.variable(`${writer.constant(column.starts)}[0]`),
    kind: `${writer.constant(column.kinds)}[0]`,
  };
  return layoutOf(type) === "bytes" ? emitText(reading, type, place) : emitValue(reading, type, place);
}

function isDirect({ kind }: Place): string {
  return `(${kind} === ${KIND_PLAIN} || ${kind} === ${KIND_QUOTED})`;
}

function emitValue({ writer, code, record, text, bad }: CsvReading, type: DataType, place: Place): Code {
  const memory = valueMemory();
  const parse = valueParser(type, text, memory)!;
  const arena = new ByteArena(64);
  const rewritten = writer.constant(
    (bytes: Uint8Array, start: number, length: number, kind: number): boolean => {
      const size = record.unescape(bytes, start, length, kind, arena);
      return parse(arena.bytes, 0, size);
    },
  );
  const { start, length, kind } = place;
  const ok = writer.variable("false");
  writer.when(`${length} >= 0`, () => {
    const direct = `${writer.constant(parse)}(${code.data}, ${start}, ${start} + ${length})`;
    const other = `${rewritten}(${code.data}, ${start}, ${length}, ${kind})`;
    writer.write(`${ok} = ${isDirect(place)} ? ${direct} : ${other};`);
    writer.write(`if (!${ok}) ${bad} = true;`);
  });
  return memoryCode(writer, type, `!${ok}`, memory);
}

/** Values without escapes are views of the record; empty ones in quotes have a text of their own. */
function emitText({ writer, code, record }: CsvReading, type: DataType, place: Place): Code {
  const rt = writer.runtime;
  const { start, length, kind } = place;
  const data = writer.variable(code.data);
  const arena = new ByteArena(64);
  const rewrite = writer.constant(
    (stage: StageBytes, bytes: Uint8Array, from: number, size: number, fieldKind: number) => {
      stage.copy(arena.bytes, 0, record.unescape(bytes, from, size, fieldKind, arena));
    },
  );
  if (record.emptyValue.length > 0) {
    const empty = writer.constant(record.emptyValue);
    writer.write(`if (${length} === 0) { ${data} = ${empty}; ${start} = 0; ${length} = ${empty}.length; }`);
  }
  const isEscaped = `${length} > 0 && !${isDirect(place)}${record.emptyValue.length > 0 ? ` && ${data} === ${code.data}` : ""}`;
  writer.when(isEscaped, () => {
    writer.write(`${rewrite}(${rt}, ${code.data}, ${start}, ${length}, ${kind});`);
    writer.write(`${data} = ${rt}.bytes; ${start} = ${rt}.start; ${length} = ${rt}.length;`);
  });
  return bytesCode(type, `(${length} < 0)`, data, start, length);
}
