// What the scripts of the theme share, for the check of their types. Nothing of it is in a page.

/** Words of the interface: `casebookText("copied", { n })` is `script_copied` of the language. */
declare function casebookText(key: string, values?: Record<string, string | number>): string;
declare const casebookAnchor: (element: any) => any;
declare const casebookLoad: (...names: any[]) => Promise<any>;

interface Window {
  trustedTypes: any;
  casebookText: typeof casebookText;
  casebookAnchor: typeof casebookAnchor;
  casebookLoad: typeof casebookLoad;
  casebookAsk: any;
  casebookBrowse: any;
  casebookDom: {
    make(tag: string, said?: string | Record<string, unknown>, ...content: any[]): any;
    button(label: string | Node, press: (event: any) => void, said?: string | Record<string, unknown>): any;
  };
  casebookPicker: any;
  casebookPicks: any;
  casebookSearch: any;
  casebookShard: any;
}

// A selector, an event or a walk does not say what kind of element it finds. What is checked are
// names, our own functions and values.
interface EventTarget {
  [member: string]: any;
}
interface ParentNode {
  querySelector(selectors: string): any;
  querySelectorAll(selectors: string): NodeListOf<any>;
}
interface Node {
  cloneNode(deep?: boolean): any;
}
interface Event {
  relatedTarget?: any;
  key?: string;
  pointerType?: string;
}
