// Without WebGL the emulator makes rows of elements, and writes 24-bit colours as style attributes, which the page's
// policy forbids. Set through the object model the same text is allowed. There is no public way to change that: this
// reaches into @xterm/xterm 6.0.0 (DomRendererRowFactory._addStyle), and does nothing where it does not find it.

const member = (of: unknown, name: string): unknown =>
  typeof of === 'object' && of !== null ? Reflect.get(of, name) : undefined;

/** Call after each change of the renderer. True when the rows of now are made by elements and were found. */
export function allowRowColours(terminal: object): boolean {
  const path = ['_core', '_renderService', '_renderer', 'value', '_rowFactory'];
  const factory = path.reduce(member, terminal);
  if (typeof factory !== 'object' || factory === null || typeof member(factory, '_addStyle') !== 'function')
    return false;
  return Reflect.set(factory, '_addStyle', (element: HTMLElement, style: string) => {
    element.style.cssText += `${style};`;
  });
}
