import type { FileSystem } from "../file-system/file-system.js";
import { concurrentUpdate } from "./checkpoint-errors.js";
import type { SourceLog } from "./source-log.js";

/** The folder `sources/<index>/` of a checkpoint. */
export function fileSourceLog(fileSystem: FileSystem, checkpoint: string, index: number): SourceLog {
  const folder = `${checkpoint}/sources/${index}`;
  return {
    folder,
    list: async () => {
      const names: string[] = [];
      for await (const { path, isFolder } of fileSystem.list(folder)) {
        const name = path.slice(path.lastIndexOf("/") + 1);
        if (!isFolder && !name.startsWith(".")) names.push(name);
      }
      return names;
    },
    read: (name) => fileSystem.readAll(`${folder}/${name}`),
    add: async (name, bytes) => {
      const path = `${folder}/${name}`;
      if (await fileSystem.createExclusive(path, bytes)) return;
      const found = await fileSystem.readAll(path);
      if (found === null || Buffer.compare(found, bytes) !== 0) throw concurrentUpdate(name, path);
    },
    delete: async (name) => {
      await fileSystem.delete(`${folder}/${name}`, { reuse: true });
    },
  };
}
