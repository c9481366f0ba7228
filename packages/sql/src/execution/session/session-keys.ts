import {
  assert,
  type Column,
  type DataType,
  type Int64Column,
  type StateView,
  type StateViewField,
} from "@ss/core";
import type { GroupKey } from "../../physical/plan.js";
import { type KeyPart, keyParts, keyViews } from "../aggregate/key-columns.js";

/** Columns of group keys, with the session apart from the rest. */
export interface SplitKeys {
  readonly others: readonly Column[];
  readonly start: Int64Column;
  readonly end: Int64Column;
}

/** Where the start and the end of the session stand among the parts of group keys. */
export class SessionKeys {
  /** The parts of the other keys. */
  readonly others: readonly KeyPart[];
  readonly start: KeyPart;
  readonly end: KeyPart;
  /** The number of the part that is the start; that of the end follows. */
  readonly startPart: number;

  constructor(keys: readonly GroupKey[]) {
    const session = keys.findIndex((key) => key.isSession);
    assert(session >= 0, "an aggregation without sessions among its keys merges none");
    this.startPart = keyParts(keys.slice(0, session)).length;
    const parts = keyParts(keys);
    this.start = parts[this.startPart]!;
    this.end = parts[this.startPart + 1]!;
    this.others = [...parts.slice(0, this.startPart), ...parts.slice(this.startPart + 2)];
  }

  /** What readers see of the state, whose columns are the other keys, the start, the end and the buffers: all keys stand in the values, too. */
  view(keys: readonly GroupKey[], buffers: readonly { name: string; type: DataType }[]): StateView {
    const count = this.others.length;
    const columnOf = (part: number): number => {
      if (part < this.startPart) return part;
      return part < this.startPart + 2 ? count + part - this.startPart : part - 2;
    };
    const moved = (field: StateViewField): StateViewField => {
      const { from } = field;
      if (from.kind === "struct") return { ...field, from: { ...from, fields: from.fields.map(moved) } };
      return from.kind === "column" ? { ...field, from: { ...from, column: columnOf(from.column) } } : field;
    };
    const all = keyViews(keys).map(moved);
    const start: StateViewField = {
      name: "sessionStartTime",
      type: this.start.type,
      from: { kind: "column", column: count },
    };
    const values = buffers.map(({ name, type }, k): StateViewField => {
      return { name, type, from: { kind: "column", column: count + 2 + k } };
    });
    const others = all.filter((_, k) => !keys[k]!.isSession);
    return {
      store: "default",
      key: [...others, start],
      value: [...all, ...values],
      partitionColumns: count,
      prefixColumns: others.length,
    };
  }

  split(parts: readonly Column[]): SplitKeys {
    const at = this.startPart;
    const [start, end] = [parts[at]!, parts[at + 1]!];
    assert(start.layout === "int64" && end.layout === "int64", "the bounds of a session are no times");
    const others = [...parts.slice(0, at), ...parts.slice(at + 2, this.others.length + 2)];
    return { others, start, end };
  }

  /** The parts in their order. */
  join({ others, start, end }: SplitKeys): readonly Column[] {
    return [...others.slice(0, this.startPart), start, end, ...others.slice(this.startPart)];
  }
}
