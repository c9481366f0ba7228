import { join } from "node:path";

/** Where things lie below the data folder. */
export interface Folders {
  /** The files of sales, one a day. */
  readonly byDay: string;
  /** All that the streams leave: checkpoints and results. */
  readonly stream: string;
  readonly totalsCheckpoint: string;
  /** The totals as of the last batch. */
  readonly totals: string;
  readonly copyCheckpoint: string;
  /** The cleaned rows. */
  readonly copy: string;
  /** Present while the streams have work to do: what a run finds that was cut short. */
  readonly unfinished: string;
}

/** The folders below a data folder. */
export function foldersIn(data: string): Folders {
  const stream = join(data, "stream");
  return {
    byDay: join(data, "by-day"),
    stream,
    totalsCheckpoint: join(stream, "totals.checkpoint"),
    totals: join(stream, "totals"),
    copyCheckpoint: join(stream, "clean-sales.checkpoint"),
    copy: join(stream, "clean-sales"),
    unfinished: join(stream, "unfinished.json"),
  };
}
