import { StreamError } from "@ss/core";

/** A batch is to be run again whose results were shown in part, on the rows of a table that are not there any more. */
export function tableChanged(table: string, version: string | undefined): StreamError {
  const [what, restore] =
    version === undefined
      ? ["was not read by the batch when it", "Start the query of before until the batch is committed"]
      : ["has changed since the batch", `Restore what ${version} names until the batch is committed`];
  return new StreamError({
    condition: "SS_TABLE_CHANGED",
    parameters: { table },
    message:
      `${table} ${what} was run for the first time, and a sink has shown what it made of the old rows: with the new ones the state, or ` +
      `another sink, would disagree with that. ${restore}, or set ` +
      `spark.conf.set("ss.streaming.replayOnChangedTables", true) to go on with the rows of now all the same.`,
  });
}
