/** The folder `sources/<i>/` of a checkpoint, for what a source has to remember beside its offsets. */
export interface SourceLog {
  /** Where the entries lie, for messages; absent where that is no folder. */
  readonly folder?: string;
  /** Names of the entries, in no order. */
  list(): Promise<string[]>;
  read(name: string): Promise<Uint8Array | null>;
  /** Adds an entry: durable, all or nothing. CONCURRENT_STREAM_LOG_UPDATE if one of that name with other bytes exists. */
  add(name: string, bytes: Uint8Array): Promise<void>;
  delete(name: string): Promise<void>;
}
