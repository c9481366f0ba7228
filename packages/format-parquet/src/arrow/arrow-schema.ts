const POINTER = 4;
const decoder = new TextDecoder();

/** A field of an Arrow schema, as the C data interface describes it. */
export interface ArrowField {
  readonly name: string;
  /** The type as a format string of the C data interface: `i`, `tsu:UTC`, `+l`. */
  readonly format: string;
  readonly children: readonly ArrowField[];
  /** The type of the values, where `format` is that of dictionary codes. */
  readonly dictionary: ArrowField | undefined;
}

/** Reads the struct ArrowSchema of 32-bit WebAssembly memory. */
export function readArrowField(memory: ArrayBufferLike, address: number): ArrowField {
  const view = new DataView(memory);
  const count = Number(view.getBigInt64(address + 24, true));
  const children = view.getUint32(address + 32, true);
  const dictionary = view.getUint32(address + 36, true);
  return {
    format: cString(memory, view.getUint32(address, true)),
    name: cString(memory, view.getUint32(address + 4, true)),
    children: Array.from({ length: count }, (_, i) =>
      readArrowField(memory, view.getUint32(children + i * POINTER, true)),
    ),
    dictionary: dictionary === 0 ? undefined : readArrowField(memory, dictionary),
  };
}

function cString(memory: ArrayBufferLike, address: number): string {
  if (address === 0) return "";
  const bytes = new Uint8Array(memory);
  let end = address;
  while (bytes[end] !== 0) end++;
  return decoder.decode(bytes.slice(address, end));
}

/** The struct ArrowArray of 32-bit WebAssembly memory: a view, valid until the memory grows. */
export class ArrowArray {
  readonly length: number;
  readonly nullCount: number;
  readonly offset: number;
  private readonly memory: ArrayBufferLike;
  private readonly view: DataView;
  private readonly address: number;

  constructor(memory: ArrayBufferLike, address: number) {
    this.memory = memory;
    this.view = new DataView(memory);
    this.address = address;
    this.length = Number(this.view.getBigInt64(address, true));
    this.nullCount = Number(this.view.getBigInt64(address + 8, true));
    this.offset = Number(this.view.getBigInt64(address + 16, true));
  }

  /** `byteLength` bytes of a buffer from `byteOffset` on; null where the array has no such buffer. */
  buffer(index: number, byteOffset: number, byteLength: number): Uint8Array | null {
    const buffers = this.view.getUint32(this.address + 40, true);
    const start = this.view.getUint32(buffers + index * POINTER, true);
    return start === 0 ? null : new Uint8Array(this.memory, start + byteOffset, byteLength);
  }

  child(index: number): ArrowArray {
    const children = this.view.getUint32(this.address + 44, true);
    return new ArrowArray(this.memory, this.view.getUint32(children + index * POINTER, true));
  }

  get dictionary(): ArrowArray {
    return new ArrowArray(this.memory, this.view.getUint32(this.address + 48, true));
  }
}
