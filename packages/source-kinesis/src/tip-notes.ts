import type { SourceLog } from "@ss/core";
import type { KinesisOffset } from "./position.js";

const PERIOD_MS = 600_000;
const PREFIX = "tips-";

interface Note {
  readonly asOf: number;
  readonly places: KinesisOffset;
}

/**
 * Notes in the checkpoint that at a time nothing stood behind some places. When the record before such a place is deleted, as all are after
 * a while, a note that is younger than that while proves that nothing behind it was deleted with it.
 */
export class TipNotes {
  private readonly log: SourceLog;
  private note: Note | undefined;
  private name: string | undefined;

  private constructor(log: SourceLog) {
    this.log = log;
  }

  static async open(log: SourceLog): Promise<TipNotes> {
    const notes = new TipNotes(log);
    const names = (await log.list()).filter((name) => name.startsWith(PREFIX));
    const newest = names.sort((a, b) => timeOf(b) - timeOf(a))[0];
    const bytes = newest === undefined ? null : await log.read(newest);
    if (bytes !== null) {
      notes.name = newest;
      notes.note = JSON.parse(Buffer.from(bytes).toString("utf8")) as Note;
    }
    return notes;
  }

  /** When nothing stood behind a record as far as it was noted. */
  asOf(stream: string, shardId: string, sequenceNumber: string): number | undefined {
    const place = this.note?.places[stream]?.[shardId];
    const isSame = place?.type === "AFTER_SEQUENCE_NUMBER" && place.sequenceNumber === sequenceNumber;
    return isSame ? this.note!.asOf : undefined;
  }

  isDue(nowMs: number): boolean {
    return this.note === undefined || nowMs - this.note.asOf >= PERIOD_MS;
  }

  /** Notes places behind which nothing stood at a time. */
  async add(asOf: number, places: KinesisOffset): Promise<void> {
    const name = `${PREFIX}${asOf}`;
    const note: Note = { asOf, places };
    await this.log.add(name, Buffer.from(JSON.stringify(note)));
    const before = this.name;
    this.note = note;
    this.name = name;
    if (before !== undefined && before !== name) await this.log.delete(before);
  }
}

function timeOf(name: string): number {
  return Number(name.slice(PREFIX.length));
}
