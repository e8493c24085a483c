// The one-time setup token: it comes in the fragment, which browsers never send, and leaves the address bar at once.

/** The token in `#token=…`, a pasted link, or a bare token; null when there is none. */
export function tokenIn(text: string): string | null {
  const trimmed = text.trim();
  const inFragment = /[#&?]token=([^&\s]+)/.exec(trimmed)?.[1];
  if (inFragment !== undefined) {
    try {
      return decodeURIComponent(inFragment);
    } catch {
      return null;
    }
  }
  return /^[\w.-]{16,200}$/.test(trimmed) ? trimmed : null;
}

let taken: string | null = null;

/** Takes the token out of the address bar and keeps it in memory only, for this page. */
export function takeToken(): string | null {
  const found = location.hash === '' ? null : tokenIn(location.hash);
  if (found !== null) {
    taken = found;
    history.replaceState(history.state, '', location.pathname + location.search);
  }
  return taken;
}

export const keepToken = (token: string): void => {
  taken = token;
};
export const forgetToken = (): void => {
  taken = null;
};
