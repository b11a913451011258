/** The JSON Schema of a TypeScript type, with its doc comments: for what the command line prints. */
import ts from "typescript";

export type Json = Record<string, unknown>;

/** The schema of exported types of a file: each is one of the forms that it takes. */
export function schemaOfTypes(file: string, names: string[], title: string): Json {
  const program = ts.createProgram([file], { strict: true, skipLibCheck: true, types: [] });
  const source = program.getSourceFile(file);
  if (!source) throw new Error(`${file} cannot be read`);
  const schemas = new Schemas(program.getTypeChecker());
  const module = schemas.checker.getSymbolAtLocation(source)!;
  const exported = schemas.checker.getExportsOfModule(module);
  const forms = names.map((name) => {
    const symbol = exported.find((each) => each.name === name);
    if (!symbol) throw new Error(`${file} exports no ${name}`);
    return schemas.of(schemas.checker.getDeclaredTypeOfSymbol(symbol));
  });
  const $schema = "http://json-schema.org/draft-07/schema#";
  return { $schema, title, anyOf: forms, definitions: schemas.sorted() };
}

class Schemas {
  private readonly definitions = new Map<string, Json>();

  constructor(readonly checker: ts.TypeChecker) {}

  sorted(): Json {
    return Object.fromEntries([...this.definitions].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  of(type: ts.Type): Json {
    if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return {};
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    if (type.flags & ts.TypeFlags.BooleanLike) return { type: "boolean" };
    if (type.flags & ts.TypeFlags.String) return { type: "string" };
    if (type.flags & ts.TypeFlags.Number) return { type: "number" };
    if (type.isUnion()) return this.union(type.types);
    if (this.checker.isTupleType(type)) return this.tuple(type as ts.TypeReference);
    if (this.checker.isArrayType(type)) return { type: "array", items: this.of(argument(type)) };
    const values = this.checker.getIndexInfoOfType(type, ts.IndexKind.String);
    if (values) return { type: "object", additionalProperties: this.of(values.type) };
    return this.object(type);
  }

  private union(types: ts.Type[]): Json {
    const defined = types.filter(({ flags }) => !(flags & ts.TypeFlags.Undefined));
    const isLiteral = (type: ts.Type) => type.isStringLiteral() || type.isNumberLiteral();
    const literals = defined.filter(isLiteral);
    const others = defined.filter((type) => !isLiteral(type));
    const schemas = [
      ...(literals.length > 0
        ? [{ enum: literals.map((type) => (type as ts.LiteralType).value).sort() }]
        : []),
      // `true` and `false` are two types of one schema.
      ...new Map(others.map((type) => [JSON.stringify(this.of(type)), this.of(type)])).values(),
    ];
    return schemas.length === 1 ? schemas[0]! : { anyOf: schemas };
  }

  private tuple(type: ts.TypeReference): Json {
    const items = this.checker.getTypeArguments(type).map((each) => this.of(each));
    return { type: "array", items, minItems: items.length, maxItems: items.length };
  }

  /** An interface is a definition, referred to by its name; other shapes stand where they are used. */
  private object(type: ts.Type): Json {
    const symbol = type.aliasSymbol ?? type.symbol;
    const isNamed = symbol !== undefined && (symbol.flags & ts.SymbolFlags.Interface) !== 0;
    if (!isNamed) return this.shape(type);
    const $ref = `#/definitions/${symbol.name}`;
    if (!this.definitions.has(symbol.name)) {
      this.definitions.set(symbol.name, {});
      const comment = textOf(symbol, this.checker);
      const described = comment === "" ? {} : { description: comment };
      this.definitions.set(symbol.name, { ...described, ...this.shape(type) });
    }
    return { $ref };
  }

  private shape(type: ts.Type): Json {
    const properties = this.checker.getPropertiesOfType(type);
    const isOptional = ({ flags }: ts.Symbol) => (flags & ts.SymbolFlags.Optional) !== 0;
    return {
      type: "object",
      properties: Object.fromEntries(
        properties.map((property) => [property.name, this.property(property)]),
      ),
      required: properties.filter((each) => !isOptional(each)).map(({ name }) => name),
      additionalProperties: false,
    };
  }

  private property(symbol: ts.Symbol): Json {
    const schema = this.of(this.checker.getTypeOfSymbol(symbol));
    const description = textOf(symbol, this.checker);
    if (description === "") return schema;
    // Draft 7 takes nothing beside `$ref`.
    return "$ref" in schema ? { description, allOf: [schema] } : { description, ...schema };
  }
}

function argument(type: ts.Type): ts.Type {
  return (type as ts.TypeReference).typeArguments![0]!;
}

function textOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  return text.replace(/([^\n])\n(?!\n)/g, "$1 ").trim();
}
