import type { StreamingQueryListener } from "@ss/core";

/** Prints what the query does, in a line each. */
export function progressListener(print: (line: string) => void): StreamingQueryListener {
  return {
    onQueryStarted: ({ name, id }) => print(`started     ${name}, id ${id}`),
    onQueryProgress: ({ progress }) => {
      const { batchId, numInputRows, batchDuration, eventTime, stateOperators } = progress;
      const watermark = eventTime?.["watermark"]?.slice(11, 19) ?? "none";
      const windows = stateOperators[0]?.numRowsTotal ?? 0;
      print(
        `progress    batch ${batchId}: ${numInputRows} rows in ${batchDuration} ms, watermark ${watermark}, windows in state: ${windows}`,
      );
    },
    onQueryTerminated: ({ exception }) => print(exception ? "terminated  by an error" : "terminated"),
  };
}
