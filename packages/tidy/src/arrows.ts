/** Which workspace packages the sources of a package may import, in addition to nothing. */
const ownArrows: Readonly<Record<string, readonly string[]>> = {
  core: [],
  kernels: [],
  sql: ["core", "kernels"],
  testkit: ["core"],
  files: ["core", "kernels"],
  kafka: ["core", "kernels"],
  "source-kafka": ["core", "kernels", "kafka"],
  "sink-kafka": ["core", "kernels", "kafka"],
  "source-file": ["core", "kernels", "files"],
  "sink-file": ["core", "kernels", "files"],
  "schema-registry": ["core"],
  "format-avro": ["core", "kernels", "schema-registry"],
  "format-protobuf": ["core", "kernels", "schema-registry"],
  "sink-parquet": ["core", "kernels", "sink-file", "format-parquet"],
  tidy: [],
};

const connector = /^(source|sink|format|fs|state)-/;

/** The workspace packages that a package may import, or undefined where its kind has no rule yet. */
export function allowedArrows(name: string): readonly string[] | undefined {
  return ownArrows[name] ?? (connector.test(name) ? ["core", "kernels"] : undefined);
}

/** The folders of sql in the order of a query's way: each imports only from itself and from those before it. */
export const sqlFolders: readonly string[] = [
  "expression",
  "functions",
  "logical",
  "parser",
  "dataframe",
  "analyzer",
  "optimizer",
  "physical",
  "execution",
  "streaming",
  "session",
];

/** A type-only import against the order of sql's folders that is meant to be. */
export interface TypeOnlyExemption {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** The exemptions in force. Nothing of a type-only import is left at run time, so it adds no cycle between modules. */
export const typeOnlyExemptions: readonly TypeOnlyExemption[] = [
  { from: "expression", to: "logical", reason: "A subquery is an expression that holds a plan." },
];
