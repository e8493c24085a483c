// Whether an element can be seen: within the window, in a page that is shown.
export function watchSeen(element: Element, onChange: (seen: boolean) => void): () => void {
  let within = true;
  const tell = (): void => onChange(within && !document.hidden);
  const observer = new IntersectionObserver((entries) => {
    within = entries.at(-1)?.isIntersecting ?? within;
    tell();
  });
  observer.observe(element);
  document.addEventListener('visibilitychange', tell);
  tell();
  return () => {
    observer.disconnect();
    document.removeEventListener('visibilitychange', tell);
  };
}
