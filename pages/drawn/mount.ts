/* For tests: draws a component into plain objects, which say what is on the screen and can be pressed. */
import { createRenderer, h, nextTick, shallowReactive, type Component } from 'vue';

export class Drawn {
  readonly children: Drawn[] = [];
  readonly props: Record<string, unknown> = {};
  readonly style: Record<string, string> = {};
  readonly dataset: Record<string, string> = {};
  parent: Drawn | null = null;
  value = '';
  checked = false;
  constructor(readonly tag: string, public text = '') {}

  addEventListener(): void { /* v-model listens; tests set its value themselves */ }
  focus(): void { /* nothing here has the focus */ }
  getRootNode(): Drawn { return this; }
  querySelector(): null { return null; }
  querySelectorAll(): Drawn[] { return []; }

  /** Itself and everything in it. */
  all(): Drawn[] {
    return [this, ...this.children.flatMap((one) => one.all())];
  }

  press(event: object = {}): unknown {
    const act = this.props.onClick ?? this.props.onSubmit;
    return (act as (event: object) => unknown)({ preventDefault: () => undefined, ...event });
  }
}

const body = new Drawn('body');
const { createApp } = createRenderer<Drawn, Drawn>({
  createElement: (tag) => new Drawn(tag),
  createText: (text) => new Drawn('#text', text),
  createComment: (text) => new Drawn('#comment', text),
  setText: (node, text) => { node.text = text; },
  setElementText: (node, text) => {
    node.children.length = 0;
    node.text = text;
  },
  patchProp: (node, key, _, next) => { node.props[key] = next; },
  insert: (node, parent, anchor) => {
    if (node.parent) node.parent.children.splice(node.parent.children.indexOf(node), 1);
    const at = anchor ? parent.children.indexOf(anchor) : -1;
    parent.children.splice(at < 0 ? parent.children.length : at, 0, node);
    node.parent = parent;
  },
  remove: (node) => {
    node.parent?.children.splice(node.parent.children.indexOf(node), 1);
    node.parent = null;
  },
  parentNode: (node) => node.parent,
  nextSibling: (node) => (node.parent ? node.parent.children[node.parent.children.indexOf(node) + 1] ?? null : null),
  querySelector: () => body,
});

export interface Mounted<P> {
  /** The title of the dialog that is over the page, or null. */
  dialog: () => string | null;
  /** Everything that is written there. */
  text: () => string;
  find: (testid: string) => Drawn | undefined;
  set: (props: Partial<P>) => Promise<void>;
  unmount: () => void;
}

/** Draws `component`; what it teleports to the page's body is found, too. */
export function mount<P extends object>(component: Component, first: P): Mounted<P> {
  const props = shallowReactive({ ...first });
  const root = new Drawn('root');
  const app = createApp({ render: () => h(component, { ...props }) });
  app.mount(root);
  const every = (): Drawn[] => [...root.all(), ...body.all()];
  return {
    dialog: () => (every().find((one) => one.props.role === 'dialog')?.props['aria-label'] as string | undefined) ?? null,
    text: () => every().map((one) => one.text).join(' '),
    find: (testid) => every().find((one) => one.props['data-testid'] === testid),
    set: async (more) => {
      Object.assign(props, more);
      await nextTick();
    },
    unmount: () => app.unmount(),
  };
}
