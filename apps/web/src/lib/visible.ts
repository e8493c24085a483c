// Whether an element is in view: one observer for the whole page, since pages have hundreds of cards.

/** Room round the view that counts as in view, so that what scrolls in is there already. */
const MARGIN = '120px';

const watched = new Map<Element, (visible: boolean) => void>();
let observer: IntersectionObserver | null = null;

// `scrollMargin` grows the boxes of scrolling ancestors too; browsers without it ignore it.
const makeObserver = (): IntersectionObserver =>
  new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) watched.get(target)?.(isIntersecting);
    },
    { rootMargin: MARGIN, scrollMargin: MARGIN },
  );

/** Tells at each change, and once at the start. Returns the end of it, which tells nothing. */
export function observeVisible(element: Element, tell: (visible: boolean) => void): () => void {
  observer ??= makeObserver();
  watched.set(element, tell);
  observer.observe(element);
  return () => {
    observer?.unobserve(element);
    watched.delete(element);
  };
}
