// An IntersectionObserver whose view a test decides.
type Tell = (entries: { target: Element; isIntersecting: boolean }[]) => void;

export class FakeViewport {
  readonly #observers = new Map<Tell, Set<Element>>();

  /** For `vi.stubGlobal('IntersectionObserver', …)`. */
  readonly Observer: new (tell: Tell) => { observe: (e: Element) => void; unobserve: (e: Element) => void };

  constructor() {
    const observers = this.#observers;
    this.Observer = class {
      readonly #elements = new Set<Element>();

      constructor(tell: Tell) {
        observers.set(tell, this.#elements);
      }

      observe(element: Element): void {
        this.#elements.add(element);
      }

      unobserve(element: Element): void {
        this.#elements.delete(element);
      }

      disconnect(): void {
        this.#elements.clear();
      }
    };
  }

  /** Moves the element, or what is observed within it, into or out of view. */
  see(root: Element, isIntersecting: boolean): void {
    for (const [tell, elements] of this.#observers)
      for (const target of elements) if (root.contains(target)) tell([{ target, isIntersecting }]);
  }
}
