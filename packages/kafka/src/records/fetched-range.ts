/** The offsets `from .. until)` of one partition of a topic. */
export interface OffsetRange {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly until: number;
}

/** A transaction that was aborted: no record of `producerId` from `firstOffset` to its end marker counts. */
export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

/** What a broker gave for one partition: record batches as they lie in its log, the last one maybe cut off. */
export interface FetchedRecords {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Empty unless records of open and aborted transactions are to be left out. */
  readonly aborted: readonly AbortedTransaction[];
}
