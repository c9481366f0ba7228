import { FaultyFileSystem } from "@ss/testkit";

/** A disk with these files. */
export async function diskWith(files: ReadonlyMap<string, Uint8Array>): Promise<FaultyFileSystem> {
  const disk = new FaultyFileSystem();
  for (const [path, bytes] of files) await disk.createExclusive(path, bytes);
  return disk;
}
