import { type JsonNode, parseJson, writeJson } from "./json-value.js";

type Step =
  | { readonly kind: "key"; readonly name: string }
  | { readonly kind: "index"; readonly index: number }
  | { readonly kind: "anyIndex" }
  | { readonly kind: "anyKey" };

/** The steps of a path such as `$.a[0]['b'][*]`, or undefined where it is none. */
export function parseJsonPath(path: string): readonly Step[] | undefined {
  if (!path.startsWith("$")) return undefined;
  const steps: Step[] = [];
  let rest = path.slice(1);
  while (rest !== "") {
    const match = /^(?:\.(\*)|\.([^.[]+)|\['([^']*)'\]|\[(\d+)\]|\[(\*)\]|\[(?:"([^"]*)")\])/.exec(rest);
    if (!match) return undefined;
    const name = match[2] ?? match[3] ?? match[6];
    if (match[1]) steps.push({ kind: "anyKey" });
    else if (match[5]) steps.push({ kind: "anyIndex" });
    else if (match[4]) steps.push({ kind: "index", index: Number(match[4]) });
    else steps.push(name === "*" ? { kind: "anyKey" } : { kind: "key", name: name! });
    rest = rest.slice(match[0].length);
  }
  return steps;
}

/** What a path finds in a JSON text: a text bare of quotes, anything else as JSON; null where there is nothing. */
export function getJsonObject(json: string, path: readonly Step[]): string | null {
  const root = parseJson(json);
  if (root === undefined) return null;
  const found = follow(root, path);
  if (found === undefined || found.kind === "null") return null;
  return found.kind === "string" ? found.value : writeJson(found);
}

function follow(node: JsonNode, path: readonly Step[]): JsonNode | undefined {
  const [step, ...rest] = path;
  if (!step) return node;
  switch (step.kind) {
    case "key": {
      if (node.kind !== "object") return undefined;
      // of a key that comes more than once the first one counts that leads to something
      for (const [name, value] of node.entries) {
        const found = name === step.name && value.kind !== "null" ? follow(value, rest) : undefined;
        if (found !== undefined) return found;
      }
      return undefined;
    }
    case "index": {
      if (node.kind !== "array") return undefined;
      const item = node.items[step.index];
      return item && follow(item, rest);
    }
    case "anyIndex": {
      if (node.kind !== "array") return undefined;
      return several(
        node.items.map((item) => follow(item, rest)),
        rest,
      );
    }
    case "anyKey":
      if (node.kind !== "object") return undefined;
      return several(
        node.entries.map(([, value]) => follow(value, rest)),
        rest,
      );
  }
}

/** Several findings are an array; a single one stands for itself, unless more wildcards follow. */
function several(found: readonly (JsonNode | undefined)[], rest: readonly Step[]): JsonNode | undefined {
  const items = found.filter((node) => node !== undefined);
  if (items.length === 0) return undefined;
  const wild = rest.some((step) => step.kind === "anyIndex");
  if (items.length === 1 && !wild) return items[0];
  return {
    kind: "array",
    items: wild ? items.flatMap((item) => (item.kind === "array" ? item.items : [item])) : items,
  };
}
