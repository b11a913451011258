/** Doc comments of the description's interfaces, read by the TypeScript compiler. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

const FOLDER = join(__dirname, "../../components/topology/description");

export interface PropertyDoc {
  /** Its comment; else that of the closed set that it is from. */
  text: string;
  /** The default in words. */
  default?: string;
  /** Interface of the value, of the list's elements or of the map's values. */
  type?: string;
}

export interface InterfaceDoc {
  text: string;
  properties: Record<string, PropertyDoc>;
}

function commentOf(node: ts.Node): { text: string; default?: string } {
  const docs = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const tags = docs.flatMap(({ tags }) => [...(tags ?? [])]);
  const tag = tags.find(({ tagName }) => tagName.text === "default");
  const text = (comment: ts.JSDoc["comment"]) => ts.getTextOfJSDocComment(comment) ?? "";
  // Line breaks inside a paragraph are the source's, not the text's.
  const unwrap = (comment: string) => comment.replace(/([^\n])\n(?!\n)/g, "$1 ").trim();
  return {
    text: unwrap(docs.map(({ comment }) => text(comment)).join("\n")),
    default: tag && unwrap(text(tag.comment)),
  };
}

/** The named type inside lists and maps. */
function nameOf(type: ts.TypeNode | undefined): string | undefined {
  if (!type) return undefined;
  if (ts.isArrayTypeNode(type)) return nameOf(type.elementType);
  if (!ts.isTypeReferenceNode(type)) return undefined;
  const name = type.typeName.getText();
  return name === "Record" ? nameOf(type.typeArguments?.[1]) : name;
}

function propertiesOf(node: ts.InterfaceDeclaration, sets: Record<string, string>) {
  return node.members.filter(ts.isPropertySignature).map((member): [string, PropertyDoc] => {
    const comment = commentOf(member);
    const type = nameOf(member.type);
    return [
      member.name.getText(),
      { ...comment, text: comment.text || (sets[type ?? ""] ?? ""), type },
    ];
  });
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2022, true);
}

/** Every interface of the description, with those that it extends folded in. */
export function readDocs(): Record<string, InterfaceDoc> {
  const statements = readdirSync(FOLDER)
    .map((name) => join(FOLDER, name))
    .flatMap((file) => [...parse(file).statements]);
  const sets = Object.fromEntries(
    statements
      .filter(ts.isVariableStatement)
      .map((node) => [node.declarationList.declarations[0].name.getText(), commentOf(node).text]),
  );
  const docs: Record<string, InterfaceDoc> = {};
  for (const node of statements.filter(ts.isInterfaceDeclaration)) {
    const bases = (node.heritageClauses ?? []).flatMap(({ types }) =>
      types.map(({ expression }) => docs[expression.getText()].properties),
    );
    docs[node.name.text] = {
      text: commentOf(node).text,
      properties: Object.assign({}, ...bases, Object.fromEntries(propertiesOf(node, sets))),
    };
  }
  return docs;
}
