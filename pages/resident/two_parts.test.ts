/*
 * The two parts of the page are two builds: a module that both reach exists twice. So it keeps state only by
 * shared/once, and asks nobody for his class; and neither part reaches the entry of the other.
 */

import ts from 'typescript';
import { expect, test } from 'vitest';

const TEXTS: Record<string, string> = {
  ...import.meta.glob<string>(['../parts/**/*.{ts,tsx}', '../shared/**/*.{ts,tsx}'], { query: '?raw', import: 'default', eager: true }),
  ...import.meta.glob<string>('./*.{ts,tsx}', { query: '?raw', import: 'default', eager: true }),
};
const PAGE = 'http://pages/resident/';
const texts = new Map(Object.keys(TEXTS).map((name) => [new URL(name, PAGE).pathname.slice(1), TEXTS[name]]));
const BUILT_IN = new Set(['Error', 'HTMLElement', 'Element', 'Node', 'Blob']);

const parsed = (file: string): ts.SourceFile =>
  ts.createSourceFile(file, texts.get(file) || '', ts.ScriptTarget.ESNext, true);

/** What a file imports when it runs: not its types. */
function imported(source: ts.SourceFile): string[] {
  return source.statements.flatMap((one) => {
    if (!ts.isImportDeclaration(one) && !ts.isExportDeclaration(one)) return [];
    const clause = ts.isImportDeclaration(one) ? one.importClause : undefined;
    const names = ts.isExportDeclaration(one) ? one.exportClause : clause && clause.namedBindings;
    const typeOnly = ts.isExportDeclaration(one) ? one.isTypeOnly : clause && clause.isTypeOnly;
    const typesOnly = names && (ts.isNamedImports(names) || ts.isNamedExports(names)) && !(clause && clause.name)
      && names.elements.length > 0 && names.elements.every((each) => each.isTypeOnly);
    if (!one.moduleSpecifier || typeOnly || typesOnly) return [];
    return [(one.moduleSpecifier as ts.StringLiteral).text];
  });
}

function reached(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const name of imported(parsed(file))) {
    if (!name.startsWith('.') || name.includes('.css')) continue;
    const base = new URL(name, 'http://pages/' + file).pathname.slice(1);
    const next = ['', '.ts', '.tsx'].map((ending) => base + ending).find((one) => texts.has(one));
    if (!next) throw new Error(`${file} imports ${name}`);
    reached(next, found);
  }
  return found;
}

/** A value that is the same wherever it is made anew. */
function fixed(value: ts.Expression | undefined): boolean {
  if (!value) return false;
  if (ts.isAsExpression(value) || ts.isSatisfiesExpression(value) || ts.isParenthesizedExpression(value)) return fixed(value.expression);
  if (ts.isArrowFunction(value) || ts.isFunctionExpression(value)) return true;
  if (ts.isStringLiteralLike(value) || ts.isNumericLiteral(value) || ts.isRegularExpressionLiteral(value) || ts.isPrefixUnaryExpression(value)) return true;
  if (ts.isBinaryExpression(value)) return fixed(value.left) && fixed(value.right);
  if (ts.isPropertyAccessExpression(value)) return true;
  // An empty one is there to be filled.
  if (ts.isArrayLiteralExpression(value)) return value.elements.length > 0 && value.elements.every((one) => fixed(one));
  if (ts.isObjectLiteralExpression(value)) {
    return value.properties.length > 0 && value.properties.every((one) => ts.isSpreadAssignment(one)
      || ts.isShorthandPropertyAssignment(one) || ts.isMethodDeclaration(one) || (ts.isPropertyAssignment(one) && fixed(one.initializer)));
  }
  // Only these calls: the first gives the one state of the page, the second a function.
  return ts.isCallExpression(value) && ['once', 'translator'].includes(value.expression.getText());
}

/** Why a module must not exist twice. */
function faults(source: ts.SourceFile): string[] {
  const found: string[] = [];
  const say = (node: ts.Node, why: string): void => {
    found.push(`${source.fileName}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${why}`);
  };
  for (const one of source.statements) {
    if (ts.isExpressionStatement(one)) say(one, 'does something when it is loaded');
    if (ts.isClassDeclaration(one)) {
      for (const member of one.members) {
        if (!ts.isPropertyDeclaration(member)) continue;
        const isStatic = (member.modifiers || []).some((each) => each.kind === ts.SyntaxKind.StaticKeyword);
        if (isStatic && !fixed(member.initializer)) say(member, 'a class with state of its own');
      }
    }
    if (!ts.isVariableStatement(one)) continue;
    const constant = (one.declarationList.flags & ts.NodeFlags.Const) !== 0;
    for (const each of one.declarationList.declarations) {
      if (!constant || !fixed(each.initializer)) say(each, `${each.name.getText()} is state outside shared/once`);
    }
  }
  const walk = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword
      && !BUILT_IN.has(node.right.getText())) say(node, 'instanceof a class that exists twice');
    ts.forEachChild(node, walk);
  };
  walk(source);
  return found;
}

const first = reached('resident/main.ts');
const second = reached('resident/rest.tsx');
// It holds what the others share.
const both = [...first].filter((file) => second.has(file) && file !== 'shared/once.ts');

test('what both parts reach can exist twice', () => {
  expect(both).toContain('shared/i18n.ts');
  expect(both.flatMap((file) => faults(parsed(file)))).toEqual([]);
  // What a package keeps nobody knows.
  const packages = (file: string): string[] => imported(parsed(file)).filter((name) => !name.startsWith('.'));
  expect([...first].flatMap(packages)).toEqual([]);
});

test('neither part reaches the other', () => {
  for (const name of ['main.ts', 'first.ts', 'report.ts', 'kept.ts', 'loading.ts']) {
    expect(first).toContain('resident/' + name);
    expect(second).not.toContain('resident/' + name);
  }
  expect(first).not.toContain('resident/session.ts');
  expect(second).toContain('resident/session.ts');
});

test.each([
  ['let present = 1;', 'state outside'],
  ['const heard: string[] = [];', 'state outside'],
  ['const formats = {};', 'state outside'],
  ['const seen = new Map<string, number>();', 'state outside'],
  ['const at = Date.now();', 'state outside'],
  ['export class Fault { static last: Fault | null = null; static all = []; }', 'a class with state'],
  ["window.addEventListener('online', () => undefined);", 'when it is loaded'],
  ['export const mine = (e: unknown) => e instanceof Fault;', 'exists twice'],
])('%s is found', (code, why) => {
  expect(faults(ts.createSourceFile('a.ts', code, ts.ScriptTarget.ESNext, true)).join()).toContain(why);
});

test.each([
  'const MS = 20 * 1000;',
  "const WORDS = { a: ['一', 'one'], b: ['二', 'two'] } as const;",
  "const state = once('language', () => ({ present: 1 }));",
  'const t = translator(WORDS);',
  'export const isError = (e: unknown) => e instanceof Error;',
])('%s may exist twice', (code) => {
  expect(faults(ts.createSourceFile('a.ts', code, ts.ScriptTarget.ESNext, true))).toEqual([]);
});
