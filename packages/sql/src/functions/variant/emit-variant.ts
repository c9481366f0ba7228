import { BinaryType, type DataType, type Value } from "@ss/core";
import { VariantBuilder, VariantReader } from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import { type BytesCode, bytesCode, guarded } from "../emit/parts.js";
import { variantFailure } from "./variant-errors.js";

/** The parts of a code of type VARIANT. */
export type VariantCode = Extract<Code, { readonly layout: "struct" }>;

/** The bytes of the two parts of a variant, as arguments of a call. */
export function variantArguments(code: Code): string {
  const [metadata, value] = (code as VariantCode).fields as readonly [BytesCode, BytesCode];
  return [metadata, value].flatMap((part) => [part.data, part.start, part.length]).join(", ");
}

/** What looks at the bytes of a variant. */
export type VariantCall = (
  metadata: Uint8Array,
  metadataStart: number,
  metadataLength: number,
  value: Uint8Array,
  valueStart: number,
  valueLength: number,
  ...more: never[]
) => Value;

/** A look at an open variant as a call on its bytes; `functionName` is for errors. */
export function variantCall(
  functionName: string,
  look: (reader: VariantReader, ...more: never[]) => Value,
): VariantCall {
  const reader = new VariantReader();
  return (metadata, metadataStart, metadataLength, value, valueStart, valueLength, ...more) => {
    try {
      reader.open(metadata, metadataStart, metadataLength, value, valueStart, valueLength);
      return look(reader, ...more);
    } catch (error) {
      throw variantFailure(error, functionName);
    }
  };
}

/** A call on the bytes of a variant, null where the variant is. */
export function emitVariantCall(writer: CodeWriter, code: Code, type: DataType, call: VariantCall): Code {
  return guarded(writer, code.isNull, type, () =>
    writer.unbox(`${writer.constant(call)}(${variantArguments(code)})`, type),
  );
}

/** A variant that a call writes with a builder; the call gives false where the result is null. */
export function emitBuilt(
  writer: CodeWriter,
  isNull: string,
  type: DataType,
  build: (builder: VariantBuilder) => { readonly call: string; readonly mayFail: boolean },
): Code {
  return guarded(writer, isNull, type, () => {
    const builder = new VariantBuilder();
    const made = writer.constant(builder);
    const { call, mayFail } = build(builder);
    const done = writer.variable(call);
    const [metadata, metadataLength] = [writer.variable("0"), writer.variable("0")];
    const [value, valueLength] = [writer.variable("0"), writer.variable("0")];
    const rt = writer.runtime;
    const copied = (start: string, length: string, part: string): string =>
      `${length} = ${made}.${part}.length; ${start} = ${rt}.copy(${made}.${part}.bytes, 0, ${length});`;
    writer.write(
      `if (${done}) { ${copied(metadata, metadataLength, "metadata")} ${copied(value, valueLength, "value")} }`,
    );
    return {
      type,
      layout: "struct",
      isNull: mayFail ? `!${done}` : "false",
      fields: [
        bytesCode(BinaryType, "false", `${rt}.bytes`, metadata, metadataLength),
        bytesCode(BinaryType, "false", `${rt}.bytes`, value, valueLength),
      ],
    };
  });
}
