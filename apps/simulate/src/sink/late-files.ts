import type { FaultyFileSystem } from "@ss/testkit";
import { type OutputRow, outputRow } from "../query/row.js";
import { listedRecords } from "./listed-files.js";
import { compareRows } from "./observed-sink.js";

/** Where the late rows of a query are written, beside its results. */
export const LATE_OUTPUT = "sim://disk/late";

/** Throws unless the files hold exactly the expected late rows: watermark, event time and id. */
export function checkLateRows(disk: FaultyFileSystem, expected: readonly OutputRow[]): void {
  const rows = listedRecords(disk, "/disk/late").map(({ watermark, eventTime, row }) => {
    const { id } = JSON.parse(row as string) as { id: unknown };
    return outputRow([Date.parse(watermark as string), Date.parse(eventTime as string), id]);
  });
  compareRows("the late rows", rows, expected);
}
