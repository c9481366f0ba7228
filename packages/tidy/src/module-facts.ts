import ts from "typescript";
import { readText } from "./repository.js";

/** One import or re-export of a module. */
export interface ImportFact {
  readonly specifier: string;
  /** Nothing of it is left after compilation. */
  readonly typeOnly: boolean;
}

/** What these tests know of a module's text. */
export interface ModuleFacts {
  readonly imports: readonly ImportFact[];
  readonly hasDefaultExport: boolean;
  /** The names of console methods that it calls. */
  readonly consoleMethods: readonly string[];
}

const known = new Map<string, ModuleFacts>();

/** The facts of one TypeScript file, by its path from the top. A file is parsed once, since several tests ask for it. */
export function moduleFacts(path: string): ModuleFacts {
  const found = known.get(path);
  if (found !== undefined) return found;
  const facts = factsOfText(readText(path), path);
  known.set(path, facts);
  return facts;
}

/** Parses TypeScript text. */
export function factsOfText(text: string, fileName: string): ModuleFacts {
  const file = ts.createSourceFile(fileName, text, ts.ScriptTarget.Latest, false);
  const imports: ImportFact[] = [];
  const consoleMethods: string[] = [];
  let hasDefaultExport = false;
  const visit = (node: ts.Node): void => {
    const found = importOf(node);
    if (found !== undefined) imports.push(found);
    if (isDefaultExport(node)) hasDefaultExport = true;
    if (
      ts.isPropertyAccessExpression(node) &&
      ts.isIdentifier(node.expression) &&
      node.expression.text === "console"
    ) {
      consoleMethods.push(node.name.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { imports, hasDefaultExport, consoleMethods };
}

function importOf(node: ts.Node): ImportFact | undefined {
  if (ts.isImportDeclaration(node)) return fact(node.moduleSpecifier, isTypeOnlyImport(node));
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    return fact(node.moduleSpecifier, isTypeOnlyExport(node));
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
    return fact(node.argument.literal, true);
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return fact(node.arguments[0], false);
  }
  return undefined;
}

function fact(specifier: ts.Node | undefined, typeOnly: boolean): ImportFact | undefined {
  return specifier !== undefined && ts.isStringLiteralLike(specifier)
    ? { specifier: specifier.text, typeOnly }
    : undefined;
}

function isTypeOnlyImport(node: ts.ImportDeclaration): boolean {
  const clause = node.importClause;
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const names = clause.namedBindings;
  return (
    clause.name === undefined &&
    names !== undefined &&
    ts.isNamedImports(names) &&
    names.elements.length > 0 &&
    names.elements.every((element) => element.isTypeOnly)
  );
}

function isTypeOnlyExport(node: ts.ExportDeclaration): boolean {
  if (node.isTypeOnly) return true;
  const names = node.exportClause;
  return (
    names !== undefined &&
    ts.isNamedExports(names) &&
    names.elements.length > 0 &&
    names.elements.every((element) => element.isTypeOnly)
  );
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true;
  if (ts.isExportSpecifier(node)) return node.name.text === "default";
  const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
  return modifiers.some((modifier) => modifier.kind === ts.SyntaxKind.DefaultKeyword);
}
