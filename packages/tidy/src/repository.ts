import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's top folder. */
export const root: string = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");

/** What these tests read of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly type?: string;
  readonly license?: string;
  readonly description?: string;
  readonly sideEffects?: unknown;
  readonly engines?: Readonly<Record<string, string>>;
  readonly files?: readonly string[];
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly publishConfig?: { readonly access?: string; readonly exports?: Readonly<Record<string, unknown>> };
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** A package or app: its folder name, its path from the top and its manifest. */
export interface Member {
  readonly name: string;
  readonly path: string;
  readonly manifest: Manifest;
}

const skippedFolders = new Set([
  "node_modules",
  "dist",
  ".git",
  ".turbo",
  ".cache",
  ".bench-data",
  "coverage",
]);

/** The text of a file, by its path from the top. */
export const readText = (path: string): string => readFileSync(join(root, path), "utf8");

/** All files below a folder, as sorted paths from the top; what is installed or built is left out. */
export function filesBelow(path: string): string[] {
  if (!existsSync(join(root, path))) return [];
  return readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => !skippedFolders.has(entry.name))
    .flatMap((entry) => {
      const inner = path === "." ? entry.name : `${path}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(inner) : [inner];
    })
    .sort();
}

function membersOf(parent: string): Member[] {
  if (!existsSync(join(root, parent))) return [];
  return readdirSync(join(root, parent))
    .filter((name) => existsSync(join(root, parent, name, "package.json")))
    .map((name) => {
      const path = `${parent}/${name}`;
      return { name, path, manifest: JSON.parse(readText(`${path}/package.json`)) as Manifest };
    });
}

/** Every package, private ones too. */
export const packages: readonly Member[] = membersOf("packages");

/** Every app. */
export const apps: readonly Member[] = membersOf("apps");

/** The packages that are published. */
export const publishedPackages: readonly Member[] = packages.filter(
  (member) => member.manifest.private !== true,
);

/** The TypeScript files of a member's src folder, generated ones included. */
export const sourceFiles = (member: Member): string[] =>
  filesBelow(`${member.path}/src`).filter((path) => /\.tsx?$/.test(path));
