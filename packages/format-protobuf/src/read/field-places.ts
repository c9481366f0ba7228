import type { ProtobufMessage, ProtobufSchema } from "../schema/protobuf-schema.js";
import { FIXED_32, FIXED_64, LENGTH_DELIMITED, VARINT, type WireReader } from "./wire-reader.js";

/** Numbers of fields up to this are looked up in an array. */
const DIRECT_MAX = 2048;

const WIRES: Readonly<Record<string, number>> = {
  double: FIXED_64,
  float: FIXED_32,
  fixed64: FIXED_64,
  sfixed64: FIXED_64,
  fixed32: FIXED_32,
  sfixed32: FIXED_32,
  string: LENGTH_DELIMITED,
  bytes: LENGTH_DELIMITED,
  message: LENGTH_DELIMITED,
};

/** Where the fields of a message lie in its bytes: for each field of the type a chain of places, in the order of the bytes. */
export class FieldPlaces {
  /** By field: its first and its last place, -1 where it has none. */
  readonly first: Int32Array;
  readonly last: Int32Array;
  /** By place: the next one of the same field, or -1. */
  next: Int32Array = new Int32Array(16);
  /** By place: where the value begins and ends. Of texts, bytes and numbers in one piece: see `wires`. */
  starts: Int32Array = new Int32Array(16);
  ends: Int32Array = new Int32Array(16);
  wires: Uint8Array = new Uint8Array(16);
  private used = 0;
  private readonly direct: Int16Array;
  private readonly others: ReadonlyMap<number, number>;
  private readonly wireOf: Uint8Array;
  /** 1 for fields that may also come in one piece, 2 for those of which the length is part of the value. */
  private readonly forms: Uint8Array;
  /** By field: the number of its oneof, or -1. */
  private readonly oneofs: Int32Array;
  /** By oneof: its field that came last. */
  private readonly chosen: Int32Array;
  /** By field: the numbers of a closed enum. */
  private readonly known: readonly (ReadonlySet<number> | undefined)[];

  constructor({ fields }: ProtobufMessage, schema: ProtobufSchema) {
    this.first = new Int32Array(fields.length);
    this.last = new Int32Array(fields.length);
    const small = fields.map(({ number }) => number).filter((number) => number <= DIRECT_MAX);
    this.direct = new Int16Array(Math.max(0, ...small) + 1).fill(-1);
    for (const [k, { number }] of fields.entries()) if (number <= DIRECT_MAX) this.direct[number] = k;
    this.others = new Map(fields.map(({ number }, k) => [number, k]));
    this.wireOf = Uint8Array.from(fields, ({ kind }) => WIRES[kind] ?? VARINT);
    this.forms = Uint8Array.from(fields, ({ kind, repeated }, k) => {
      if (kind === "string" || kind === "bytes") return 2;
      return repeated && this.wireOf[k] !== LENGTH_DELIMITED ? 1 : 0;
    });
    this.oneofs = Int32Array.from(fields, ({ oneof }) => oneof);
    this.chosen = new Int32Array(Math.max(0, ...fields.map(({ oneof }) => oneof + 1)));
    this.known = fields.map(({ kind, type, repeated }) => {
      const found = kind === "enum" && !repeated ? schema.enums[type]! : undefined;
      return found?.isClosed ? new Set(found.values.map(({ number }) => number)) : undefined;
    });
  }

  /** Finds the fields of the message in some bytes. */
  find(reader: WireReader, start: number, end: number): void {
    this.first.fill(-1);
    this.last.fill(-1);
    this.chosen.fill(-1);
    this.used = 0;
    reader.begin(start, end);
    while (reader.at < end) {
      const tag = reader.tag();
      const number = tag >>> 3;
      const field = number < this.direct.length ? this.direct[number]! : (this.others.get(number) ?? -1);
      // a value that lies otherwise than its field is as good as unknown
      if (field < 0 || !this.fits(field, tag & 7)) reader.skip(tag);
      else this.add(field, tag & 7, reader);
    }
  }

  private fits(field: number, wire: number): boolean {
    return wire === this.wireOf[field] || (wire === LENGTH_DELIMITED && this.forms[field] === 1);
  }

  private add(field: number, wire: number, reader: WireReader): void {
    let start = reader.at;
    if (wire === LENGTH_DELIMITED) {
      const length = reader.length();
      const content = reader.take(length);
      if (this.forms[field] !== 2) start = content;
    } else if (wire === VARINT) {
      reader.varint();
      const known = this.known[field];
      if (known !== undefined && !known.has(reader.low)) return;
    } else reader.take(wire === FIXED_32 ? 4 : 8);
    this.choose(field);
    const place = this.used++;
    if (place >= this.starts.length) this.grow();
    this.starts[place] = start;
    this.ends[place] = reader.at;
    this.wires[place] = wire;
    this.next[place] = -1;
    if (this.last[field]! >= 0) this.next[this.last[field]!] = place;
    else this.first[field] = place;
    this.last[field] = place;
  }

  /** Of the fields of a oneof the last one counts. */
  private choose(field: number): void {
    const oneof = this.oneofs[field]!;
    if (oneof < 0) return;
    const before = this.chosen[oneof]!;
    if (before >= 0 && before !== field) {
      this.first[before] = -1;
      this.last[before] = -1;
    }
    this.chosen[oneof] = field;
  }

  private grow(): void {
    const larger = (old: Int32Array): Int32Array => {
      const made = new Int32Array(old.length * 2);
      made.set(old);
      return made;
    };
    this.next = larger(this.next);
    this.starts = larger(this.starts);
    this.ends = larger(this.ends);
    const wires = new Uint8Array(this.wires.length * 2);
    wires.set(this.wires);
    this.wires = wires;
  }
}
