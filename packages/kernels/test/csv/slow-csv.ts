import type { CsvOptions } from "../../src/index.js";

/** A record as the slow reader sees it: values, or "malformed". */
export type SlowRecord = (string | null)[] | "malformed";

interface Settings {
  sep: string;
  quote: string;
  escape: string;
  escapeEscape: string;
  handling: string;
  trimLeading: boolean;
  trimTrailing: boolean;
}

/**
 * Reads CSV text the slow and obvious way: character by character over a string, appending to the value at hand.
 * "" is an empty value in quotes, null an empty one without.
 */
export function slowCsv(text: string, options: CsvOptions): SlowRecord[] {
  const quote = options.quote ?? '"';
  const escape = options.escape ?? "\\";
  const settings: Settings = {
    sep: options.separator ?? ",",
    quote,
    escape,
    escapeEscape: options.charToEscapeQuoteEscaping ?? (escape === quote ? "" : escape),
    handling: options.unescapedQuoteHandling ?? "STOP_AT_DELIMITER",
    trimLeading: options.ignoreLeadingWhiteSpace ?? false,
    trimTrailing: options.ignoreTrailingWhiteSpace ?? false,
  };
  return options.multiLine ? readFree(text, settings, options) : readLines(text, settings, options);
}

function readLines(text: string, settings: Settings, options: CsvOptions): SlowRecord[] {
  const records: SlowRecord[] = [];
  for (const line of text.split(options.lineSeparator ?? /\r\n|\n|\r/)) {
    if (/^[\0- ]*$/.test(line)) continue;
    if (options.comment && line.startsWith(options.comment)) continue;
    new Reader(line, settings, []).readRecord(records);
  }
  return records;
}

function readFree(text: string, settings: Settings, options: CsvOptions): SlowRecord[] {
  const found = /\r\n|\n|\r/.exec(text)?.[0] ?? "\n";
  const ends = options.lineSeparator === undefined ? [...new Set([found, "\n"])] : [options.lineSeparator];
  const records: SlowRecord[] = [];
  const normalizes = options.lineSeparator === undefined;
  const reader = new Reader(text, settings, ends, normalizes);
  while (reader.at < text.length) {
    if (options.comment && text.startsWith(options.comment, reader.at)) {
      while (reader.at < text.length && reader.lineEnd() === "") reader.at++;
    } else {
      reader.readRecord(records);
    }
    reader.at += reader.lineEnd().length;
  }
  return records;
}

class Reader {
  at = 0;
  readonly text: string;
  readonly s: Settings;
  readonly ends: readonly string[];
  readonly normalizes: boolean;
  values: (string | null)[] = [];
  bad = false;

  constructor(text: string, settings: Settings, ends: readonly string[], normalizes = false) {
    this.text = text;
    this.s = settings;
    this.ends = ends;
    this.normalizes = normalizes;
  }

  lineEnd(at: number = this.at): string {
    return this.ends.find((end) => this.text.startsWith(end, at)) ?? "";
  }

  /** At the end of a value: a separator, a line end or the end of the text. */
  done(at: number = this.at): boolean {
    return at >= this.text.length || this.text.startsWith(this.s.sep, at) || this.lineEnd(at) !== "";
  }

  isSpace(at: number): boolean {
    return at < this.text.length && this.text.charCodeAt(at) <= 32 && !this.done(at);
  }

  readRecord(records: SlowRecord[]): void {
    this.values = [];
    this.bad = false;
    if (this.s.trimLeading) this.skipSpace();
    if (this.at >= this.text.length || this.lineEnd() !== "") return;
    for (;;) {
      if (this.s.trimLeading) this.skipSpace();
      if (this.s.quote !== "" && this.text[this.at] === this.s.quote) this.quoted(records);
      else this.plain("", this.at);
      if (this.at >= this.text.length || !this.text.startsWith(this.s.sep, this.at)) break;
      this.at += this.s.sep.length;
    }
    records.push(this.bad ? "malformed" : this.values);
  }

  skipSpace(): void {
    while (this.isSpace(this.at) && this.text[this.at] !== this.s.quote) this.at++;
  }

  plain(prefix: string, from: number): void {
    this.at = from;
    let value = prefix;
    while (!this.done()) value += this.text[this.at++];
    if (this.s.trimTrailing) value = value.replace(/[\0- ]+$/, "");
    this.values.push(value === "" ? null : value);
  }

  quoted(records: SlowRecord[]): void {
    const { quote, escape, escapeEscape, handling } = this.s;
    const open = this.at++;
    let value = "";
    let prefix = quote;
    // What the text would be were the value split at separators and line ends: pieces and what ended them.
    let pieces: [string, boolean][] = [];
    while (this.at < this.text.length) {
      const pair = this.text.slice(this.at, this.at + 2);
      const escapedEscape = escapeEscape !== "" && escape !== "" && pair === escapeEscape + escape;
      const escapedQuote = escape !== "" && pair === escape + quote;
      const end = this.lineEnd();
      if (escapedEscape || escapedQuote) {
        value += pair[1];
        this.at += 2;
      } else if (end !== "") {
        pieces.push([value, true]);
        value += this.normalizes ? "\n" : end;
        this.at += end.length;
        if (handling === "BACK_TO_DELIMITER") value = this.cut(value, pieces);
      } else if (this.text[this.at] === quote && this.text[this.at + 1] === quote) {
        value += quote;
        this.at++;
      } else if (this.text[this.at] === quote) {
        let behind = this.at + 1;
        while (this.isSpace(behind)) behind++;
        if (this.done(behind)) {
          this.at = behind;
          this.values.push(this.joined(pieces, value));
          return;
        }
        if (handling === "STOP_AT_CLOSING_QUOTE") {
          value += this.text.slice(this.at, behind);
          this.at = behind;
        } else if (handling === "SKIP_VALUE" || handling === "RAISE_ERROR") {
          this.bad ||= handling === "RAISE_ERROR";
          while (!this.done(behind)) behind++;
          this.at = behind;
          this.values.push("");
          return;
        } else if (handling === "BACK_TO_DELIMITER" && (behind === this.at + 1 || prefix === "")) {
          for (const [piece, endsRecord] of pieces) {
            this.values.push(piece);
            if (!endsRecord) continue;
            records.push(this.bad ? "malformed" : this.values);
            this.values = [];
            this.bad = false;
          }
          if (value !== "") prefix = "";
          else if (pieces.length > 0) prefix = quote;
          pieces = [];
          this.at++;
        } else {
          this.plain(prefix + this.joined(pieces, value) + this.text.slice(this.at, behind), behind);
          return;
        }
      } else if (handling === "BACK_TO_DELIMITER" && this.text.startsWith(this.s.sep, this.at)) {
        pieces.push([value, false]);
        value += this.s.sep;
        this.at += this.s.sep.length;
        value = this.cut(value, pieces);
      } else {
        value += this.text[this.at++];
      }
    }
    const all = this.joined(pieces, value);
    this.values.push(all === "" && this.at === open + 1 ? quote : all);
  }

  readonly #separators: string[] = [];

  /** Starts a new piece: what ended the last one is kept apart, in case the value turns out to be whole. */
  cut(value: string, pieces: [string, boolean][]): string {
    const last = pieces[pieces.length - 1] as [string, boolean];
    this.#separators[pieces.length - 1] = value.slice(last[0].length);
    return "";
  }

  joined(pieces: [string, boolean][], value: string): string {
    if (this.s.handling !== "BACK_TO_DELIMITER") return value;
    return pieces.map(([piece], i) => piece + this.#separators[i]).join("") + value;
  }
}
