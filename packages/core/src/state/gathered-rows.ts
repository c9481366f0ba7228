import type { Column } from "../column/column.js";
import { takeColumn } from "../column/take.js";
import type { StateRows } from "./state-store.js";

/** Rows of some slots, gathered when somebody looks at them. */
export class GatheredRows implements StateRows {
  readonly rowCount: number;
  private readonly slots: Int32Array;
  private readonly from: Pick<StateRows, "keys" | "values">;
  private takenKeys: readonly Column[] | undefined;
  private takenValues: readonly Column[] | undefined;

  /** `from` are the columns by slot. */
  constructor(slots: Int32Array, from: Pick<StateRows, "keys" | "values">) {
    this.rowCount = slots.length;
    this.slots = slots;
    this.from = from;
  }

  get keys(): readonly Column[] {
    this.takenKeys ??= this.taken(this.from.keys);
    return this.takenKeys;
  }
  get values(): readonly Column[] {
    this.takenValues ??= this.taken(this.from.values);
    return this.takenValues;
  }

  private taken(columns: readonly Column[]): readonly Column[] {
    return columns.map((column) => takeColumn(column, this.slots, this.rowCount));
  }
}
