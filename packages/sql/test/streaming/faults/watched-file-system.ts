import type { FileEntry, FileReader, FileSystem, FileWriter } from "@ss/core";

/** A file system that tells of each call that changes it, before it is made. */
export class WatchedFileSystem implements FileSystem {
  readonly schemes: readonly string[];
  private readonly inner: FileSystem;
  private readonly beforeWrite: (path: string) => Promise<void>;

  constructor(inner: FileSystem, beforeWrite: (path: string) => Promise<void>) {
    this.inner = inner;
    this.beforeWrite = beforeWrite;
    this.schemes = inner.schemes;
  }

  list(folder: string, options?: { readonly recursive?: boolean }): AsyncIterable<FileEntry> {
    return this.inner.list(folder, options);
  }
  stat(path: string): Promise<FileEntry | null> {
    return this.inner.stat(path);
  }
  readAll(path: string): Promise<Uint8Array | null> {
    return this.inner.readAll(path);
  }
  open(path: string): Promise<FileReader> {
    return this.inner.open(path);
  }
  async create(path: string): Promise<FileWriter> {
    await this.beforeWrite(path);
    const writer = await this.inner.create(path);
    const { beforeWrite } = this;
    return {
      get size() {
        return writer.size;
      },
      write: (bytes) => writer.write(bytes),
      abort: () => writer.abort(),
      close: async () => {
        await beforeWrite(path);
        await writer.close();
      },
    };
  }
  async createExclusive(path: string, bytes: Uint8Array): Promise<boolean> {
    await this.beforeWrite(path);
    return this.inner.createExclusive(path, bytes);
  }
  async delete(path: string): Promise<boolean> {
    await this.beforeWrite(path);
    return this.inner.delete(path);
  }
  async move(from: string, to: string): Promise<void> {
    await this.beforeWrite(to);
    await this.inner.move(from, to);
  }
}
