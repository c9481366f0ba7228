import { BytesColumn, type Column } from "@ss/core";
import { KernelArrays } from "@ss/kernels";

/** Moves the bytes of key columns into the kernels' memory, where a kernel looks them up. Valid until the next call. */
export class KeyBytes {
  private readonly arrays = new KernelArrays();
  private bytes: Uint8Array = this.arrays.bytes(1 << 12);

  moved(columns: readonly Column[], keyCount: number): readonly Column[] {
    let total = 0;
    for (let k = 0; k < keyCount; k++) {
      const column = columns[k]!;
      if (column.layout === "bytes") total += column.data.length;
    }
    if (total === 0) return columns;
    if (total > this.bytes.length) {
      this.arrays.free(this.bytes);
      this.bytes = this.arrays.bytes(total * 2);
    }
    let used = 0;
    return columns.map((column, k) => {
      if (k >= keyCount || column.layout !== "bytes") return column;
      const from = used;
      used += column.data.length;
      const data = this.bytes.subarray(from, used);
      data.set(column.data);
      return new BytesColumn(
        column.type,
        column.length,
        column.validity,
        data,
        column.starts,
        column.lengths,
      );
    });
  }
}
