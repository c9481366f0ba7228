/** Lines that have arrived and are not committed yet, each with its position and, if wanted, its time of arrival. */
export class LineBuffer {
  /** UTF-8 bytes of each line, without its end. */
  private lines: Uint8Array[] = [];
  private times: number[] = [];
  /** The position of the first line that is kept. */
  private first = 0;
  private bytes = 0;

  /** The position of the newest line, -1 before the first. */
  get last(): number {
    return this.first + this.lines.length - 1;
  }

  /** What is kept counts so many bytes, with something for every line. */
  get size(): number {
    return this.bytes;
  }

  add(line: Uint8Array, timeMs: number): void {
    this.lines.push(line);
    this.times.push(timeMs);
    this.bytes += costOf(line);
  }

  /** Forgets the lines up to a position, inclusive. */
  dropThrough(position: number): void {
    const count = Math.min(position - this.first + 1, this.lines.length);
    if (count <= 0) return;
    for (let i = 0; i < count; i++) this.bytes -= costOf(this.lines[i]!);
    this.lines = this.lines.slice(count);
    this.times = this.times.slice(count);
    this.first += count;
  }

  lineAt(position: number): Uint8Array {
    return this.lines[position - this.first]!;
  }

  timeMsAt(position: number): number {
    return this.times[position - this.first]!;
  }
}

function costOf(line: Uint8Array): number {
  return line.length + 64;
}
