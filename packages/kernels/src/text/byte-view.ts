let lastBytes: Uint8Array | undefined;
let lastView: DataView | undefined;

/** A `DataView` on the same bytes, kept for the next call with the same array. */
export function viewOf(bytes: Uint8Array): DataView {
  if (bytes === lastBytes && lastView !== undefined) return lastView;
  lastBytes = bytes;
  lastView = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return lastView;
}
