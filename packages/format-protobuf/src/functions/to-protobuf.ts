import {
  BinaryType,
  BytesColumn,
  type Column,
  type ColumnEvaluator,
  type ColumnFunction,
  type ColumnFunctionCall,
  type ColumnFunctionResolution,
  type Json,
  type OpenColumnCall,
  type StructType,
  sqlText,
  type WorkerForm,
} from "@ss/core";
import { messageHeader, type RegistryClients, type RegistryConnection } from "@ss/schema-registry";
import { ProtobufFault } from "../schema/protobuf-fault.js";
import type { ProtobufSchema } from "../schema/protobuf-schema.js";
import { type Encode, messageEncoder } from "../write/message-encoder.js";
import { UnwritableMessage } from "../write/unwritable-message.js";
import { WireWriter } from "../write/wire-writer.js";
import { type ProtobufCall, protobufCall } from "./protobuf-call.js";
import { unwritable } from "./protobuf-errors.js";

/** What a call of `to_protobuf` is opened with. */
interface ToProtobufState {
  readonly schema: ProtobufSchema;
  /** What messages begin with. */
  readonly header: readonly number[];
}

/** `to_protobuf(value, message, descriptors[, options])`, and with schemas of a registry. */
export function toProtobufFunction(
  clients: RegistryClients,
  standard: RegistryConnection | undefined,
  worker: WorkerForm | undefined,
): ColumnFunction {
  return {
    name: "to_protobuf",
    arity: [2, 4],
    columnCount: 1,
    nullPropagating: true,
    worker,
    resolve: (call) => resolve(call, clients, standard),
    open: (call) => new ToProtobuf(call),
  };
}

async function resolve(
  call: ColumnFunctionCall,
  clients: RegistryClients,
  standard: RegistryConnection | undefined,
): Promise<ColumnFunctionResolution> {
  const { type, nullable } = call.args[0]!;
  if (type.kind !== "struct") throw call.unexpectedType(0, '"STRUCT"');
  const { schema, registered } = await protobufCall(call, clients, standard);
  const message = schema.messages[schema.root]!;
  try {
    messageEncoder(type, message, schema);
  } catch (cause) {
    if (!(cause instanceof ProtobufFault)) throw cause;
    const parameters = { protobufType: message.name, toType: `"${sqlText(type)}"` };
    throw call.error(
      "UNABLE_TO_CONVERT_TO_PROTOBUF_MESSAGE_TYPE",
      "42K0G",
      `Unable to convert SQL type ${parameters.toType} to Protobuf type ${message.name}: ${cause.message}`,
      parameters,
      call.error(cause.condition, cause.sqlState, cause.message, cause.parameters),
    );
  }
  const state: ToProtobufState = { schema, header: headerOf(registered) };
  return { type: BinaryType, nullable, state: state as unknown as Json };
}

/** The id of the schema, then the way to the message: its length and places as zigzag numbers, or one zero for the first message. */
function headerOf(registered: ProtobufCall["registered"]): readonly number[] {
  if (!registered) return [];
  const { id, path } = registered;
  const out = new WireWriter();
  const head = messageHeader(id);
  out.raw(head, 0, head.length);
  if (path.length === 1 && path[0] === 0) out.byte(0);
  else for (const number of [path.length, ...path]) out.unsigned(number << 1);
  return [...out.bytes.subarray(0, out.used)];
}

/** Writes a batch of messages. */
class ToProtobuf implements ColumnEvaluator {
  private readonly encode: Encode;
  private readonly header: Uint8Array;
  private readonly out = new WireWriter();
  private starts: Int32Array = new Int32Array(0);
  private lengths: Int32Array = new Int32Array(0);

  constructor(call: OpenColumnCall) {
    const { schema, header } = call.state as unknown as ToProtobufState;
    this.encode = messageEncoder(call.argTypes[0] as StructType, schema.messages[schema.root]!, schema);
    this.header = Uint8Array.from(header);
  }

  evaluate(args: readonly Column[], rowCount: number): Column {
    const column = args[0]!;
    const { out, header } = this;
    if (this.starts.length < rowCount) {
      this.starts = new Int32Array(rowCount);
      this.lengths = new Int32Array(rowCount);
    }
    const { starts, lengths } = this;
    out.reset();
    try {
      const write = this.encode(column, out);
      for (let i = 0; i < rowCount; i++) {
        const start = out.used;
        starts[i] = start;
        if (!column.isNull(i)) {
          out.raw(header, 0, header.length);
          write(i);
        }
        lengths[i] = out.used - start;
      }
    } catch (error) {
      throw error instanceof UnwritableMessage ? unwritable(error) : error;
    }
    return new BytesColumn(BinaryType, rowCount, column.validity, out.bytes, starts, lengths);
  }
}
