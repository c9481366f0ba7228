import type { DataType } from "../../schema/data-type.js";
import { structChildren } from "../builder.js";
import { layoutOf } from "../column.js";
import type { AcceleratorFactory } from "./bytes-dictionary.js";
import { BytesLane } from "./bytes-lane.js";
import { GeneralLane } from "./general-lane.js";
import type { KeyLane } from "./key-lane.js";
import {
  Float32Lane,
  Float64Lane,
  Int32Lane,
  Int64Lane,
  Int128Lane,
  IntervalLane,
  NullLane,
} from "./number-lane.js";
import { StructLane } from "./struct-lane.js";

/** Makes the lanes of key columns, giving each its null bit. */
export class LaneMaker {
  bits = 0;
  private readonly accelerator: AcceleratorFactory | undefined;

  constructor(accelerator?: AcceleratorFactory) {
    this.accelerator = accelerator;
  }

  /** Takes a lane of another table, if there is one: the same column of it. */
  share(lane: KeyLane | undefined): KeyLane | undefined {
    if (lane !== undefined) this.bits = lane.bit + bitsOf(lane.type);
    return lane;
  }

  lane(type: DataType): KeyLane {
    const bit = this.bits++;
    switch (layoutOf(type)) {
      case "boolean":
      case "int8":
      case "int16":
      case "int32":
        return new Int32Lane(type, bit);
      case "int64":
        return new Int64Lane(type, bit);
      case "int128":
        return new Int128Lane(type, bit);
      case "float32":
        return new Float32Lane(type, bit);
      case "float64":
        return new Float64Lane(type, bit);
      case "bytes":
        return new BytesLane(type, bit, this.accelerator?.());
      case "struct": {
        const children = structChildren(type).map((child) => this.lane(child));
        return new StructLane(type, bit, children);
      }
      case "interval":
        return new IntervalLane(type, bit);
      case "list":
      case "map":
        return new GeneralLane(type, bit);
      case "null":
        return new NullLane(type, bit);
    }
  }
}

/** Null bits of a column: its own and those of its fields. */
function bitsOf(type: DataType): number {
  if (layoutOf(type) !== "struct") return 1;
  return structChildren(type).reduce((sum, child) => sum + bitsOf(child), 1);
}
