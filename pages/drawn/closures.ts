/*
 * For a test (closures.test.ts beside it): what takes away what was written meanwhile. An event, an upload and an answer
 * come later than the page was drawn, so what they set must be made of what is there then:
 *
 *   setPages((n) => n + 1)                 never setPages(pages + 1): `pages` is as it was drawn
 *   form.set((now) => ({ … now … }))       never form.set({ …form.value… })
 *   form.sent(sent)                        after an await never setText('') or form.drop()
 *   if (text.value === line) text.value = ''      in Vue
 */
import ts from 'typescript';

export function stale(file: string, text: string): string[] {
  if (!/useState|\.set\(|\.drop\(|v-model/.test(text)) return [];
  return file.endsWith('.vue') ? inVue(file, text) : inPreact(file, parse(text, file));
}

type Visit = (node: ts.Node) => void;

function parse(text: string, file: string): ts.SourceFile {
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS);
}

function walk(node: ts.Node, visit: Visit): void {
  visit(node);
  ts.forEachChild(node, (one) => walk(one, visit));
}

function reads(node: ts.Node, name: string): boolean {
  let found = false;
  walk(node, (one) => {
    const member = ts.isPropertyAccessExpression(one.parent) && one.parent.name === one;
    const label = ts.isPropertyAssignment(one.parent) && one.parent.name === one;
    if (ts.isIdentifier(one) && one.text === name && !member && !label) found = true;
  });
  return found;
}

function isFunction(node: ts.Node): boolean {
  return ts.isArrowFunction(node) || ts.isFunctionExpression(node);
}

/** Setters of useState by name, with the state they set, in the function they are declared in. */
interface State { name: string; setter: string; within: ts.Node }

function states(source: ts.SourceFile): State[] {
  const found: State[] = [];
  walk(source, (node) => {
    if (!ts.isVariableDeclaration(node) || !ts.isArrayBindingPattern(node.name) || !node.initializer) return;
    if (!ts.isCallExpression(node.initializer) || node.initializer.expression.getText() !== 'useState') return;
    const [name, setter] = node.name.elements.map((one) => (ts.isBindingElement(one) ? one.name.getText() : ''));
    const within = enclosing(node);
    if (name && setter && within) found.push({ name, setter, within });
  });
  return found;
}

function enclosing(node: ts.Node): ts.Node | null {
  for (let one = node.parent; one; one = one.parent) if (ts.isFunctionLike(one)) return one;
  return null;
}

function inside(node: ts.Node, outer: ts.Node): boolean {
  return node.pos >= outer.pos && node.end <= outer.end;
}

/** Whether it runs after an await of the function it stands in, or when a promise is settled. */
function later(node: ts.Node): boolean {
  for (let one = enclosing(node); one; one = enclosing(one)) {
    const call = one.parent;
    if (ts.isCallExpression(call) && ts.isPropertyAccessExpression(call.expression) && ['then', 'catch', 'finally'].includes(call.expression.name.text)) return true;
    let awaited = false;
    const own = one;
    walk(own, (each) => { if (ts.isAwaitExpression(each) && enclosing(each) === own && each.pos < node.pos && !inside(node, each)) awaited = true; });
    if (awaited) return true;
  }
  return false;
}

function inPreact(file: string, source: ts.SourceFile): string[] {
  const found: string[] = [];
  const all = states(source);
  const fields = new Set<string>();
  walk(source, (node) => {
    if (!ts.isJsxAttribute(node) || !['value', 'checked'].includes(node.name.getText()) || !node.initializer) return;
    walk(node.initializer, (one) => { if (ts.isIdentifier(one)) fields.add(one.text); });
  });
  const say = (node: ts.Node): void => {
    found.push(`${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${node.getText().split('\n')[0]}`);
  };
  walk(source, (node) => {
    if (!ts.isCallExpression(node)) return;
    const [argument] = node.arguments;
    const called = node.expression.getText();
    const state = all.find((one) => one.setter === called && inside(node, one.within));
    if (state && argument && !isFunction(argument) && (reads(argument, state.name) || (fields.has(state.name) && later(node) && typed(argument)))) say(node);
    if (!ts.isPropertyAccessExpression(node.expression)) return;
    const form = node.expression.expression.getText();
    if (node.expression.name.text === 'set' && argument && !isFunction(argument) && argument.getText().includes(form + '.value')) say(node);
    if (node.expression.name.text === 'drop' && later(node)) say(node);
  });
  return found;
}

/** What a field holds when it is emptied. */
function typed(argument: ts.Node): boolean {
  return ts.isStringLiteral(argument) || argument.kind === ts.SyntaxKind.NullKeyword || ts.isObjectLiteralExpression(argument);
}

function inVue(file: string, text: string): string[] {
  const script = /<script setup[^>]*>([\s\S]*?)<\/script>/.exec(text);
  if (!script) return [];
  const before = text.slice(0, script.index).split('\n').length;
  const source = parse(script[1] ?? '', file + '.ts');
  const fields = new Set(Array.from(text.matchAll(/v-model(?:\.\w+)*="(\w+)/g), ([, name]) => name));
  const found: string[] = [];
  const say = (node: ts.Node): void => {
    found.push(`${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + before} ${node.getText().split('\n')[0]}`);
  };
  walk(source, (node) => {
    const name = emptied(node);
    if (name && fields.has(name) && later(node) && !asked(node, name)) say(node);
  });
  return found;
}

/** The name of what is set to nothing here. */
function emptied(node: ts.Node): string | null {
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken && ts.isPropertyAccessExpression(node.left)) {
    return typed(node.right) && ts.isIdentifier(node.left.expression) ? node.left.expression.text : null;
  }
  if (!ts.isCallExpression(node) || node.expression.getText() !== 'Object.assign' || !node.arguments[1]) return null;
  return typed(node.arguments[1]) ? node.arguments[0]?.getText() ?? null : null;
}

/** Whether a condition around it looks at what is there now. */
function asked(node: ts.Node, name: string): boolean {
  for (let one = node; one.parent && !ts.isFunctionLike(one); one = one.parent) {
    if (ts.isIfStatement(one.parent) && one.parent.thenStatement === one && reads(one.parent.expression, name)) return true;
  }
  return false;
}
