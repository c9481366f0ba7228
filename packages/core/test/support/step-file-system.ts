import {
  type FileEntry,
  type FileReader,
  type FileSystem,
  type FileWriter,
  MemoryFileSystem,
} from "../../src/index.js";

/** Files in memory whose every step a test can see, and end or delay. */
export class StepFileSystem implements FileSystem {
  readonly schemes: readonly string[] = ["memory"];
  readonly files: FileSystem;
  /** Called before and after each step that changes something; may throw or wait. */
  onStep: (step: string, when: "before" | "after") => void | Promise<void> = () => {};

  constructor(files: FileSystem = new MemoryFileSystem()) {
    this.files = files;
  }

  list(folder: string, options?: { readonly recursive?: boolean }): AsyncIterable<FileEntry> {
    return this.files.list(folder, options);
  }
  stat(path: string): Promise<FileEntry | null> {
    return this.files.stat(path);
  }
  readAll(path: string): Promise<Uint8Array | null> {
    return this.files.readAll(path);
  }
  open(path: string): Promise<FileReader> {
    return this.files.open(path);
  }
  async create(path: string): Promise<FileWriter> {
    const writer = await this.files.create(path);
    return {
      get size() {
        return writer.size;
      },
      write: (bytes) => writer.write(bytes),
      close: () => this.step(`create ${path}`, () => writer.close()),
      abort: () => writer.abort(),
    };
  }
  createExclusive(path: string, bytes: Uint8Array): Promise<boolean> {
    return this.step(`createExclusive ${path}`, () => this.files.createExclusive(path, bytes));
  }
  delete(path: string): Promise<boolean> {
    return this.step(`delete ${path}`, () => this.files.delete(path));
  }
  move(from: string, to: string): Promise<void> {
    return this.step(`move ${from}`, () => this.files.move(from, to));
  }

  private async step<T>(name: string, act: () => Promise<T>): Promise<T> {
    await this.onStep(name, "before");
    const result = await act();
    await this.onStep(name, "after");
    return result;
  }
}

/** What a crashed process gets. */
export class Crash extends Error {}
