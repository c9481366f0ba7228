// Twin of src/csv: reads runs of records and leaves those that it cannot prove to the tokeniser there.

const LF: u32 = 0x0a;
const CR: u32 = 0x0d;
const SPACE: u32 = 0x20;
/** Bytes that are looked at together. */
const BLOCK: usize = 64;

const KIND_MISSING: u32 = 0;
const KIND_PLAIN: u32 = 11;
const KIND_QUOTED: u32 = 12;
const KIND_QUOTED_ESCAPED: u32 = 13;

// Flags of a dialect, as in src/csv/csv-kernel.ts.
const MULTI_LINE: u32 = 1;
const SKIPS_REST: u32 = 2;
const TRIMS_LEADING: u32 = 4;
const TRIMS_TRAILING: u32 = 8;
const TWO_QUOTES_STAY: u32 = 16;
/** `\r\n` ends records, and so does `\n`, but no `\r` of its own. */
const CRLF_OR_LF: u32 = 32;
/** A `\n` behind a `\r` that ends a line belongs to it. */
const CR_TAKES_LF: u32 = 64;
/** Of the two line ends within quotes `\r` becomes `\n`. */
const REWRITES_CR: u32 = 128;

/**
 * What the host writes before a call: the dialect, with 256 for a byte that there is none of, and where the columns of the table
 * are; and what it reads after it.
 */
@unmanaged
class CsvTask {
  separator: u32;
  quote: u32;
  escape: u32;
  escapeEscape: u32;
  /** The two bytes that may end lines; the same one twice where there is one. */
  lineEnd: u32;
  otherLineEnd: u32;
  comment: u32;
  flags: u32;
  columnsMax: i32;
  lengthMax: i32;
  wantedCount: u32;
  recordStarts: usize;
  recordEnds: usize;
  statuses: usize;
  errorOffsets: usize;
  tokenCounts: usize;
  lineOffsets: usize;
  /** The row and the line that come next, before the call and after it. */
  row: u32;
  line: u32;
}

/** A wanted column: which value of a record it is, and its arrays; as many of them as are wanted follow the task. */
@unmanaged
class CsvColumn {
  token: i32;
  starts: usize;
  lengths: usize;
  kinds: usize;
}

// @ts-ignore: decorator
@inline
function splat(byte: u32, otherwise: u32): v128 {
  return i8x16.splat(<i8>(byte < 256 ? byte : otherwise));
}

/**
 * Appends the records from `position` on to the table, up to row `rowLimit`, and returns where the first record starts that it did
 * not read. All bytes before `until` may be read, and nothing behind it counts.
 */
export function csvRecords(data: usize, position: usize, until: usize, task: CsvTask, rowLimit: u32): usize {
  const isPlain = (task.flags & (MULTI_LINE | TRIMS_LEADING | TRIMS_TRAILING)) == 0 && task.lengthMax == i32.MAX_VALUE;
  if (isPlain) return readRecords(data, position, until, task, rowLimit, true);
  return readRecords(data, position, until, task, rowLimit, false);
}

/** With `isPlain`, a constant, every line is a record, nothing is trimmed and no value can be too long. */
// @ts-ignore: decorator
@inline
function readRecords(
  data: usize,
  position: usize,
  until: usize,
  task: CsvTask,
  rowLimit: u32,
  isPlain: bool,
): usize {
  const separator = task.separator;
  const quote = task.quote;
  const escape = task.escape;
  const escapeEscape = task.escapeEscape;
  const lineEnd = task.lineEnd;
  const otherLineEnd = task.otherLineEnd;
  const comment = task.comment;
  const flags = task.flags;
  const lengthMax = task.lengthMax;
  const firstColumn = changetype<usize>(task) + offsetof<CsvTask>();
  const columnsEnd = firstColumn + <usize>task.wantedCount * offsetof<CsvColumn>();
  const limit = data + until;
  // The target behind the last wanted value, from which on the rest of a line is passed over.
  const skippedTarget = (flags & SKIPS_REST) != 0 ? -1 : -2;

  const separators = splat(separator, separator);
  const quotes = splat(quote, separator);
  const escapes = splat(escape, separator);
  const others = splat(escapeEscape, separator);
  const lineEnds = splat(lineEnd, separator);
  const otherLineEnds = splat(otherLineEnd, separator);

  let row = task.row;
  let line = task.line;
  let at = data + position;
  // The hits that are left of the block from `base` on.
  let base = at;
  let hits: u64 = 0;
  let loaded = false;

  while (at < limit && row < rowLimit) {
    if (!loaded) {
      base = at;
      hits = hitsOf(base, separators, quotes, escapes, others, lineEnds, otherLineEnds);
      loaded = true;
    }
    const first: u32 = load<u8>(at);
    if (first <= SPACE || first == comment || first == lineEnd) {
      let next = at;
      let skips = false;
      if (first == comment) {
        while (next < limit && !endsLine(next, limit, flags, lineEnd, otherLineEnd)) next++;
        skips = true;
      } else if (isPlain || (flags & MULTI_LINE) == 0) {
        while (next < limit && load<u8>(next) <= SPACE && !endsLine(next, limit, flags, lineEnd, otherLineEnd)) {
          next++;
        }
        skips = next >= limit || endsLine(next, limit, flags, lineEnd, otherLineEnd);
      } else {
        skips = endsLine(next, limit, flags, lineEnd, otherLineEnd);
        if (!skips && (flags & TRIMS_LEADING) != 0) return at - data;
      }
      if (skips) {
        if (next >= limit) return at - data;
        at = behindLineEnd(next, limit, flags);
        task.line = ++line;
        loaded = false;
        continue;
      }
    }

    let column = firstColumn;
    let target = column < columnsEnd ? changetype<CsvColumn>(column).token : -1;
    let token: i32 = 0;
    let lines = line;
    let from = at;
    let end = at;
    let byte = first;
    for (;;) {
      if (!isPlain && (flags & TRIMS_LEADING) != 0 && load<u8>(from) <= SPACE) {
        while (
          from < limit &&
          load<u8>(from) <= SPACE &&
          load<u8>(from) != quote &&
          load<u8>(from) != separator &&
          !endsLine(from, limit, flags, lineEnd, otherLineEnd)
        ) {
          from++;
        }
        if (from >= limit) return at - data;
        base = from;
        hits = hitsOf(base, separators, quotes, escapes, others, lineEnds, otherLineEnds);
      }
      let kind = KIND_PLAIN;
      // Where the value ends, and at `end` what ends it.
      let stop: usize;
      for (;;) {
        while (hits == 0) {
          base += BLOCK;
          if (base >= limit) return at - data;
          hits = hitsOf(base, separators, quotes, escapes, others, lineEnds, otherLineEnds);
        }
        end = base + <usize>ctz(hits);
        hits &= hits - 1;
        stop = end;
        byte = load<u8>(end);
        if (byte == separator) break;
        if (byte == quote && end == from) {
          kind = KIND_QUOTED;
          from++;
          for (;;) {
            while (hits == 0) {
              base += BLOCK;
              if (base >= limit) return at - data;
              hits = hitsOf(base, separators, quotes, escapes, others, lineEnds, otherLineEnds);
            }
            end = base + <usize>ctz(hits);
            hits &= hits - 1;
            if (end + 1 >= limit) return at - data;
            byte = load<u8>(end);
            if (byte == separator) continue;
            const following: u32 = load<u8>(end, 1);
            if ((byte == escapeEscape && following == escape) || (byte == escape && following == quote)) {
              kind = KIND_QUOTED_ESCAPED;
              if (end + 2 - base < BLOCK) {
                hits &= (<u64>-1) << (end + 2 - base);
              } else {
                base = end + 2;
                if (base >= limit) return at - data;
                hits = hitsOf(base, separators, quotes, escapes, others, lineEnds, otherLineEnds);
              }
              continue;
            }
            if (byte == lineEnd || byte == otherLineEnd) {
              if (isPlain || (flags & MULTI_LINE) == 0) return at - data;
              if ((flags & CRLF_OR_LF) != 0 && byte == CR) {
                if (following != LF) continue;
                kind = KIND_QUOTED_ESCAPED;
                if (end + 2 - base < BLOCK) {
                  hits &= (<u64>-1) << (end + 2 - base);
                } else {
                  base = end + 2;
                  if (base >= limit) return at - data;
                  hits = hitsOf(base, separators, quotes, escapes, others, lineEnds, otherLineEnds);
                }
              } else if ((flags & REWRITES_CR) != 0 && byte == CR) {
                kind = KIND_QUOTED_ESCAPED;
              }
              lines++;
              continue;
            }
            if (byte != quote) continue;
            if (following == quote) {
              if ((flags & TWO_QUOTES_STAY) == 0) return at - data;
              continue;
            }
            stop = end;
            end++;
            if (following != separator && !endsLine(end, limit, flags, lineEnd, otherLineEnd)) return at - data;
            byte = following;
            while (hits == 0) {
              base += BLOCK;
              hits = hitsOf(base, separators, quotes, escapes, others, lineEnds, otherLineEnds);
            }
            hits &= hits - 1;
            break;
          }
          break;
        }
        if (byte == lineEnd) break;
        if (byte == otherLineEnd && (isPlain || endsLine(end, limit, flags, lineEnd, otherLineEnd))) break;
      }
      let length = <i32>(stop - from);
      if (!isPlain && kind == KIND_PLAIN && (flags & TRIMS_TRAILING) != 0) {
        while (length > 0 && load<u8>(from + length - 1) <= SPACE) length--;
      }
      if (!isPlain && length > lengthMax) return at - data;
      if (token == target) {
        const fields = changetype<CsvColumn>(column);
        store<u32>(fields.starts + (row << 2), <u32>(from - data));
        store<i32>(fields.lengths + (row << 2), length);
        store<u8>(fields.kinds + row, <u8>kind);
        column += offsetof<CsvColumn>();
        target = column < columnsEnd ? changetype<CsvColumn>(column).token : -1;
      }
      token++;
      if (byte != separator) break;
      from = end + 1;
      if (target == skippedTarget) {
        // Of the rest of the line only its end matters.
        for (;;) {
          while (hits == 0) {
            base += BLOCK;
            if (base >= limit) return at - data;
            hits = hitsOf(base, separators, quotes, escapes, others, lineEnds, otherLineEnds);
          }
          end = base + <usize>ctz(hits);
          hits &= hits - 1;
          byte = load<u8>(end);
          if (byte == lineEnd || byte == otherLineEnd) break;
        }
        token++;
        break;
      }
    }
    // What lies behind the limit may have been taken for a part of the record.
    if (end >= limit || token > task.columnsMax) return at - data;

    for (; column < columnsEnd; column += offsetof<CsvColumn>()) {
      const fields = changetype<CsvColumn>(column);
      store<i32>(fields.lengths + (row << 2), -1);
      store<u8>(fields.kinds + row, <u8>KIND_MISSING);
    }
    store<u32>(task.recordStarts + (row << 2), <u32>(at - data));
    store<u32>(task.recordEnds + (row << 2), <u32>(end - data));
    store<u8>(task.statuses + row, 0);
    store<i32>(task.errorOffsets + (row << 2), -1);
    store<i32>(task.tokenCounts + (row << 2), token);
    store<u32>(task.lineOffsets + (row << 2), line);
    task.row = ++row;
    task.line = line = lines + 1;
    at = end + 1;
    if (byte == CR && behindLineEnd(end, limit, flags) > at) {
      at++;
      while (hits == 0) {
        base += BLOCK;
        hits = hitsOf(base, separators, quotes, escapes, others, lineEnds, otherLineEnds);
      }
      hits &= hits - 1;
    }
  }
  return at - data;
}

/** A bit for each of the 64 bytes at `at` that may end something or mean something. */
// @ts-ignore: decorator
@inline
function hitsOf(at: usize, a: v128, b: v128, c: v128, d: v128, e: v128, f: v128): u64 {
  const first = hitsOf16(v128.load(at), a, b, c, d, e, f);
  const second = hitsOf16(v128.load(at, 16), a, b, c, d, e, f);
  const third = hitsOf16(v128.load(at, 32), a, b, c, d, e, f);
  const fourth = hitsOf16(v128.load(at, 48), a, b, c, d, e, f);
  return (<u64>(first | (second << 16))) | ((<u64>(third | (fourth << 16))) << 32);
}

// @ts-ignore: decorator
@inline
function hitsOf16(bytes: v128, a: v128, b: v128, c: v128, d: v128, e: v128, f: v128): u32 {
  const ab = v128.or(i8x16.eq(bytes, a), i8x16.eq(bytes, b));
  const cd = v128.or(i8x16.eq(bytes, c), i8x16.eq(bytes, d));
  const ef = v128.or(i8x16.eq(bytes, e), i8x16.eq(bytes, f));
  return <u32>i8x16.bitmask(v128.or(v128.or(ab, cd), ef));
}

/** Whether a line ends at `at`, which is before `limit`. */
// @ts-ignore: decorator
@inline
function endsLine(at: usize, limit: usize, flags: u32, lineEnd: u32, otherLineEnd: u32): bool {
  const byte: u32 = load<u8>(at);
  if (byte != lineEnd && byte != otherLineEnd) return false;
  if ((flags & CRLF_OR_LF) == 0 || byte != CR) return true;
  return at + 1 < limit && load<u8>(at, 1) == LF;
}

/** Where the next line starts behind the line end at `at`. */
// @ts-ignore: decorator
@inline
function behindLineEnd(at: usize, limit: usize, flags: u32): usize {
  if ((flags & (CR_TAKES_LF | CRLF_OR_LF)) == 0 || load<u8>(at) != CR) return at + 1;
  return at + 1 < limit && load<u8>(at, 1) == LF ? at + 2 : at + 1;
}
