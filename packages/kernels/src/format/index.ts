export { type CellType, cellFormatter } from "./cell-text.js";
export {
  DATETIME_BYTES_MAX,
  writeDate,
  writeIsoTimestamp,
  writeTime,
  writeTimestamp,
} from "./write-datetime.js";
export { DECIMAL_BYTES_MAX, writeDecimal, writeDecimal64 } from "./write-decimal.js";
export { FLOATING_BYTES_MAX, writeDouble, writeFloat } from "./write-floating.js";
export { writeInt64, writeInteger } from "./write-int.js";
