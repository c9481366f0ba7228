import { StreamError } from "../errors/stream-error.js";

/** What `awaitTermination` throws after an error; `cause` is that error. */
export class StreamingQueryException extends StreamError {
  readonly id: string;
  readonly runId: string;
  /** Offsets of the batch that failed, one line of the offset log per source; empty before the first batch. */
  readonly startOffset: string;
  readonly endOffset: string;

  constructor(
    query: { readonly id: string; readonly runId: string },
    cause: unknown,
    offsets: { readonly startOffset: string; readonly endOffset: string },
  ) {
    const { id, runId } = query;
    const message = StreamError.reasonOf(cause);
    super({
      condition: "STREAM_FAILED",
      sqlState: "XXKST",
      parameters: { id, runId, message },
      message: `Query [id = ${id}, runId = ${runId}] terminated with exception: ${message}`,
      cause,
    });
    this.id = id;
    this.runId = runId;
    this.startOffset = offsets.startOffset;
    this.endOffset = offsets.endOffset;
  }
}
