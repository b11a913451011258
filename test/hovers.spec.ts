import assert from "node:assert/strict";
import { join } from "node:path";
import ts from "typescript";

const ENTRY = join(__dirname, "../components/index.ts");

/** Every exported thing and every member of an exported interface or class, by name. */
function published(): Map<string, ts.Symbol> {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(__dirname, "../tsconfig.json"), ts.sys.readFile).config,
    ts.sys,
    join(__dirname, ".."),
  );
  const program = ts.createProgram([ENTRY], options);
  checker = program.getTypeChecker();
  const all = checker.getExportsOfModule(
    checker.getSymbolAtLocation(program.getSourceFile(ENTRY)!)!,
  );
  return new Map(all.flatMap((symbol) => withMembers(symbol)));
}

let checker: ts.TypeChecker;

function withMembers(exported: ts.Symbol): [string, ts.Symbol][] {
  const { flags } = exported;
  const symbol = flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  const members = (symbol.declarations ?? [])
    .filter((node) => ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node))
    .flatMap((node): ts.Node[] => [...node.members])
    .flatMap((node) => (ts.isConstructorDeclaration(node) ? [] : nameOf(node)));
  const own = members.map((name): [string, ts.Symbol] => [
    `${symbol.name}.${name.getText()}`,
    checker.getSymbolAtLocation(name)!,
  ]);
  return [[symbol.name, symbol], ...own];
}

function nameOf(node: ts.Node): ts.Node[] {
  const { name } = node as ts.PropertySignature;
  return name ? [name] : [];
}

describe("what the package publishes", () => {
  let all: Map<string, ts.Symbol>;
  before(() => void (all = published()));
  const internal = (symbol: ts.Symbol) =>
    symbol.getJsDocTags(checker).some(({ name }) => name === "internal");

  it("says under the pointer what each thing is", () => {
    assert.ok(all.size > 400, `${all.size} names`);
    const silent = [...all].filter(
      ([, symbol]) => ts.displayPartsToString(symbol.getDocumentationComment(checker)) === "",
    );
    assert.deepEqual(
      silent.map(([name]) => name),
      [],
    );
  });

  it("says what stands where an argument is left out", () => {
    const optional = [...all].filter(
      ([name, symbol]) =>
        /(Args|Options)\./.test(name) &&
        symbol.flags & ts.SymbolFlags.Optional &&
        !internal(symbol),
    );
    assert.ok(optional.length > 50, `${optional.length} optional arguments`);
    const silent = optional.filter(
      ([, symbol]) => !symbol.getJsDocTags(checker).some(({ name }) => name === "default"),
    );
    assert.deepEqual(
      silent.map(([name]) => name),
      [],
    );
  });
});
