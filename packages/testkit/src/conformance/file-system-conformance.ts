import assert from "node:assert/strict";
import { type FileEntry, type FileSystem, rebuild, StreamError } from "@ss/core";
import { type Guarantee, registerGuarantees, type SubjectOptions, type TestFunction } from "./guarantees.js";

/** A file system and a place in it. */
export interface FileSystemUnderTest {
  readonly fileSystem: FileSystem;
  /** The path of an empty folder that belongs to the test, without a trailing slash. */
  readonly root: string;
  /** Another client of the same storage, as another process has one; default the file system itself. */
  readonly rival?: FileSystem;
  close?(): Promise<void>;
}

/** The promises of the `FileSystem` contract as tests. */
export function fileSystemConformance(
  test: TestFunction,
  options: SubjectOptions<FileSystemUnderTest>,
): void {
  registerGuarantees(test, guarantees, options);
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

async function textAt(fileSystem: FileSystem, path: string): Promise<string | null> {
  const bytes = await fileSystem.readAll(path);
  return bytes && new TextDecoder().decode(bytes);
}

async function write(fileSystem: FileSystem, path: string, text: string): Promise<void> {
  const writer = await fileSystem.create(path);
  await writer.write(encode(text));
  await writer.close();
}

async function listed(fileSystem: FileSystem, folder: string, recursive = false): Promise<FileEntry[]> {
  const entries: FileEntry[] = [];
  for await (const entry of fileSystem.list(folder, { recursive })) entries.push(entry);
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function paths(fileSystem: FileSystem, folder: string, recursive = false): Promise<string[]> {
  return (await listed(fileSystem, folder, recursive)).map(({ path }) => path);
}

async function assertNotFound(call: Promise<unknown>): Promise<void> {
  await assert.rejects(call, (error) => StreamError.is(error, "PATH_NOT_FOUND"));
}

/** How long a clock of file times may stand still. */
const CLOCK_STEP_MS = 5000;

/** Makes files in a folder beside the tested one until their times are later than `ms`. */
async function timePasses(fileSystem: FileSystem, folder: string, ms: number): Promise<void> {
  const began = Date.now();
  for (let probe = 0; ; probe++) {
    await write(fileSystem, `${folder}/${probe % 10}`, "");
    if ((await fileSystem.stat(`${folder}/${probe % 10}`))!.modifiedMs > ms) return;
    assert.ok(Date.now() - began < CLOCK_STEP_MS, `times of new files stay at ${ms}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const guarantees: Readonly<Record<string, Guarantee<FileSystemUnderTest>>> = {
  "gives back what was written in pieces": async ({ fileSystem, root }) => {
    const path = `${root}/pieces`;
    const piece = Uint8Array.from({ length: 70_001 }, (_, i) => i % 251);
    const writer = await fileSystem.create(path);
    for (const part of [piece, new Uint8Array(0), piece.subarray(5, 9), piece]) await writer.write(part);
    assert.equal(writer.size, 2 * piece.length + 4);
    await writer.close();
    const expected = Buffer.concat([piece, piece.subarray(5, 9), piece]);
    assert.equal(Buffer.compare((await fileSystem.readAll(path))!, expected), 0);
  },

  "holds empty files": async ({ fileSystem, root }) => {
    await write(fileSystem, `${root}/empty`, "");
    assert.equal((await fileSystem.readAll(`${root}/empty`))?.length, 0);
    assert.equal((await fileSystem.stat(`${root}/empty`))?.size, 0);
  },

  "takes a copy of the bytes that it is given": async ({ fileSystem, root }) => {
    const bytes = encode("before");
    const writer = await fileSystem.create(`${root}/copy`);
    await writer.write(bytes);
    bytes.fill(0);
    await writer.close();
    assert.equal(await textAt(fileSystem, `${root}/copy`), "before");
  },

  "shows a file, under any name, only once it is closed": async ({ fileSystem, root }) => {
    const writer = await fileSystem.create(`${root}/a/hidden`);
    await writer.write(encode("text"));
    assert.equal(await fileSystem.stat(`${root}/a/hidden`), null);
    assert.equal(await fileSystem.readAll(`${root}/a/hidden`), null);
    assert.deepEqual(await paths(fileSystem, root, true), []);
    await writer.close();
    assert.deepEqual(await paths(fileSystem, root, true), [`${root}/a/hidden`]);
  },

  "leaves nothing of an aborted file": async ({ fileSystem, root }) => {
    const writer = await fileSystem.create(`${root}/aborted`);
    await writer.write(encode("text"));
    await writer.abort();
    await writer.abort();
    assert.equal(await fileSystem.readAll(`${root}/aborted`), null);
    assert.deepEqual(await paths(fileSystem, root, true), []);
  },

  "keeps the old file until the new one is closed": async ({ fileSystem, root }) => {
    await write(fileSystem, `${root}/twice`, "old");
    const writer = await fileSystem.create(`${root}/twice`);
    await writer.write(encode("new"));
    assert.equal(await textAt(fileSystem, `${root}/twice`), "old");
    await writer.close();
    assert.equal(await textAt(fileSystem, `${root}/twice`), "new");
  },

  "reads ranges, and nothing beyond the end": async ({ fileSystem, root }) => {
    await write(fileSystem, `${root}/range`, "0123456789");
    const reader = await fileSystem.open(`${root}/range`);
    assert.equal(reader.size, 10);
    const target = new Uint8Array(8).fill(46);
    assert.equal(await reader.read(target, 1, 3, 4), 3);
    assert.equal(new TextDecoder().decode(target), ".456....");
    assert.equal(await reader.read(target, 0, 8, 8), 2);
    assert.equal(new TextDecoder().decode(target), "8956....");
    assert.equal(await reader.read(target, 0, 8, 10), 0);
    assert.equal(await reader.read(target, 0, 8, 1000), 0);
    await reader.close();
  },

  "tells size and whole milliseconds of modification": async ({ fileSystem, root }) => {
    await write(fileSystem, `${root}/stat`, "12345");
    const entry = (await fileSystem.stat(`${root}/stat`))!;
    assert.deepEqual([entry.path, entry.isFolder, entry.size], [`${root}/stat`, false, 5]);
    assert.ok(Number.isInteger(entry.modifiedMs));
    assert.deepEqual(await listed(fileSystem, root), [entry]);
  },

  "lists the entries of a folder, files and folders": async ({ fileSystem, root }) => {
    await write(fileSystem, `${root}/f/a`, "1");
    await write(fileSystem, `${root}/f/g/b`, "2");
    const entries = await listed(fileSystem, `${root}/f`);
    assert.deepEqual(
      entries.map(({ path, isFolder }) => [path, isFolder]),
      [
        [`${root}/f/a`, false],
        [`${root}/f/g`, true],
      ],
    );
  },

  "lists all files below a folder": async ({ fileSystem, root }) => {
    for (const name of ["a", "f/b", "f/g/c"]) await write(fileSystem, `${root}/${name}`, name);
    assert.deepEqual(await paths(fileSystem, root, true), [`${root}/a`, `${root}/f/b`, `${root}/f/g/c`]);
  },

  "lists nothing of a folder that is absent": async ({ fileSystem, root }) => {
    assert.deepEqual(await paths(fileSystem, `${root}/absent`), []);
    assert.deepEqual(await paths(fileSystem, `${root}/absent`, true), []);
  },

  "does not list a folder whose name begins alike": async ({ fileSystem, root }) => {
    await write(fileSystem, `${root}/day/a`, "1");
    await write(fileSystem, `${root}/day2/b`, "2");
    assert.deepEqual(await paths(fileSystem, `${root}/day`, true), [`${root}/day/a`]);
  },

  "answers in its way for a file that is missing": async ({ fileSystem, root }) => {
    const missing = `${root}/missing`;
    assert.equal(await fileSystem.stat(missing), null);
    assert.equal(await fileSystem.readAll(missing), null);
    assert.equal(await fileSystem.delete(missing), false);
    await assertNotFound(fileSystem.open(missing));
    await assertNotFound(fileSystem.move(missing, `${root}/other`));
  },

  "deletes a file": async ({ fileSystem, root }) => {
    await write(fileSystem, `${root}/gone`, "1");
    assert.equal(await fileSystem.delete(`${root}/gone`), true);
    assert.equal(await fileSystem.readAll(`${root}/gone`), null);
    assert.equal(await fileSystem.delete(`${root}/gone`), false);
  },

  "deletes a file for reuse as any other, and the next ones are whole": async ({ fileSystem, root }) => {
    for (let k = 0; k < 20; k++) {
      const text = "x".repeat(1 + ((k * 7) % 13));
      if (k % 2) await write(fileSystem, `${root}/log/${k}`, text);
      else assert.equal(await fileSystem.createExclusive(`${root}/log/${k}`, encode(text)), true);
      assert.equal(await textAt(fileSystem, `${root}/log/${k}`), text);
      if (k < 3) continue;
      assert.equal(await fileSystem.delete(`${root}/log/${k - 3}`, { reuse: true }), true);
      assert.equal(await fileSystem.delete(`${root}/log/${k - 3}`, { reuse: true }), false);
      assert.equal(await fileSystem.readAll(`${root}/log/${k - 3}`), null);
    }
    const left = [17, 18, 19].map((k) => `${root}/log/${k}`);
    assert.deepEqual(new Set(await paths(fileSystem, root, true)), new Set(left));
  },

  "lists what is not to be skipped": async ({ fileSystem, root }) => {
    for (const name of ["a", "b", "f/c", "f/d"]) await write(fileSystem, `${root}/${name}`, name);
    const known = new Set([`${root}/a`, `${root}/f/d`]);
    const found = new Set<string>();
    const options = { recursive: true, skip: (path: string) => known.has(path) };
    for await (const { path } of fileSystem.list(root, options)) if (!known.has(path)) found.add(path);
    assert.deepEqual(found, new Set([`${root}/b`, `${root}/f/c`]));
  },

  "deletes a folder with all that is in it": async ({ fileSystem, root }) => {
    for (const name of ["f/a", "f/g/b", "kept"]) await write(fileSystem, `${root}/${name}`, name);
    assert.equal(await fileSystem.delete(`${root}/f`), true);
    assert.deepEqual(await paths(fileSystem, root, true), [`${root}/kept`]);
  },

  "moves a file, over another and into new folders": async ({ fileSystem, root }) => {
    await write(fileSystem, `${root}/from`, "new");
    await write(fileSystem, `${root}/to`, "old");
    await fileSystem.move(`${root}/from`, `${root}/to`);
    assert.equal(await textAt(fileSystem, `${root}/to`), "new");
    await fileSystem.move(`${root}/to`, `${root}/x/y/to`);
    assert.deepEqual(await paths(fileSystem, root, true), [`${root}/x/y/to`]);
    assert.equal(await textAt(fileSystem, `${root}/x/y/to`), "new");
  },

  "keeps names of unusual characters apart": async ({ fileSystem, root }) => {
    const names = ["a b", "a%20b", "a+b", "ä", "k=v", "a#b", "a?b", "a:b", "[a]", "__proto__"];
    for (const name of names) await write(fileSystem, `${root}/${name}`, name);
    for (const name of names) assert.equal(await textAt(fileSystem, `${root}/${name}`), name);
    assert.deepEqual(new Set(await paths(fileSystem, root)), new Set(names.map((name) => `${root}/${name}`)));
  },

  "makes a file exclusively only once": async ({ fileSystem, root }) => {
    assert.equal(await fileSystem.createExclusive(`${root}/a/once`, encode("first")), true);
    assert.equal(await fileSystem.createExclusive(`${root}/a/once`, encode("second")), false);
    assert.equal(await textAt(fileSystem, `${root}/a/once`), "first");
    assert.deepEqual(await paths(fileSystem, root, true), [`${root}/a/once`]);
  },

  "does not make exclusively what an ordinary write has made": async ({ fileSystem, root }) => {
    await write(fileSystem, `${root}/taken`, "first");
    assert.equal(await fileSystem.createExclusive(`${root}/taken`, encode("second")), false);
    assert.equal(await textAt(fileSystem, `${root}/taken`), "first");
  },

  "makes a file exclusively again once it was deleted": async ({ fileSystem, root }) => {
    assert.equal(await fileSystem.createExclusive(`${root}/again`, encode("first")), true);
    await fileSystem.delete(`${root}/again`);
    assert.equal(await fileSystem.createExclusive(`${root}/again`, encode("second")), true);
    assert.equal(await textAt(fileSystem, `${root}/again`), "second");
  },

  "of many racing createExclusive calls exactly one wins": async ({
    fileSystem,
    root,
    rival = fileSystem,
  }) => {
    for (let round = 0; round < 10; round++) {
      const path = `${root}/race/${round}`;
      const callers = Array.from({ length: 16 }, (_, i) => (i % 2 === 0 ? fileSystem : rival));
      const won = await Promise.all(
        callers.map((caller, i) => caller.createExclusive(path, encode(`caller ${i}`))),
      );
      assert.equal(won.filter(Boolean).length, 1);
      assert.equal(await textAt(fileSystem, path), `caller ${won.indexOf(true)}`);
    }
    assert.equal((await paths(fileSystem, `${root}/race`)).length, 10);
  },

  "shows an exclusive file whole or not at all": async ({ fileSystem, root, rival = fileSystem }) => {
    const bytes = new Uint8Array(300_000).fill(7);
    let finished = false;
    const making = fileSystem.createExclusive(`${root}/whole`, bytes).finally(() => {
      finished = true;
    });
    while (!finished) {
      const seen = await rival.readAll(`${root}/whole`);
      assert.ok(seen === null || seen.length === bytes.length, `a part of ${seen?.length} bytes was visible`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(await making, true);
  },

  "changes a folder's time with every name that comes or goes": async (subject, inapplicable) => {
    const { fileSystem, root } = subject;
    if (!fileSystem.folderTimes) inapplicable("the file system does not say that folders have such times");
    const folder = `${root}/f`;
    for (const name of ["gone", "reused", "moved"]) await write(fileSystem, `${folder}/${name}`, name);
    await write(fileSystem, `${root}/elsewhere`, "1");
    const changes: Readonly<Record<string, () => Promise<unknown>>> = {
      "a file comes": () => write(fileSystem, `${folder}/new`, "1"),
      "a file is made exclusively": () => fileSystem.createExclusive(`${folder}/exclusive`, encode("1")),
      "a folder comes": () => write(fileSystem, `${folder}/sub/a`, "1"),
      "a file goes": () => fileSystem.delete(`${folder}/gone`),
      "a file goes for reuse": () => fileSystem.delete(`${folder}/reused`, { reuse: true }),
      "a folder goes": () => fileSystem.delete(`${folder}/sub`),
      "a file is moved away": () => fileSystem.move(`${folder}/moved`, `${root}/away`),
      "a file is moved to it": () => fileSystem.move(`${root}/elsewhere`, `${folder}/back`),
    };
    for (const [what, change] of Object.entries(changes)) {
      const before = (await fileSystem.stat(folder))!.modifiedMs;
      await timePasses(fileSystem, `${root}/probes`, before);
      await change();
      assert.notEqual((await fileSystem.stat(folder))!.modifiedMs, before, what);
    }
  },

  "reads the same bytes as one that a worker rebuilds": async ({ fileSystem, root }, inapplicable) => {
    const { worker } = fileSystem;
    if (worker === undefined) return inapplicable("the file system has no worker form");
    assert.deepEqual(JSON.parse(JSON.stringify(worker)), worker, "a worker form is plain data");
    const bytes = Uint8Array.from({ length: 70_001 }, (_, i) => i % 251);
    assert.equal(await fileSystem.createExclusive(`${root}/a/bytes`, bytes), true);
    const rebuilt = await rebuild<FileSystem>(worker, {
      conf: () => undefined,
      timeZone: "UTC",
      warn: () => {},
    });
    assert.equal(Buffer.compare((await rebuilt.readAll(`${root}/a/bytes`))!, bytes), 0);
    const reader = await rebuilt.open(`${root}/a/bytes`);
    const target = new Uint8Array(1000);
    assert.equal(reader.size, bytes.length);
    assert.equal(await reader.read(target, 0, 1000, 60_000), 1000);
    await reader.close();
    assert.equal(Buffer.compare(target, bytes.subarray(60_000, 61_000)), 0);
    assert.deepEqual(await listed(rebuilt, root, true), await listed(fileSystem, root, true));
  },
};
