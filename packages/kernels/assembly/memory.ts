/** The first byte behind the module's own data: everything from there on is given out by the host's allocator. */
export function heapBase(): usize {
  return __heap_base;
}
