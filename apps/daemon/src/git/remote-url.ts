// The web address of a git remote: https, without credentials.

/** `git@host:owner/x.git`, `ssh://…`, `git://…`, `http(s)://user:pw@…` -> `https://host/owner/x`; else null. */
export function webUrl(remote: string): string | null {
  const text = remote.trim();
  // With neither a user nor a dot it is an alias of the user's ssh configuration, or no remote at all.
  const scp = /^([^@/:\s]+@)?([A-Za-z0-9.-]+):(?!\/\/)([^\s]+)$/.exec(text);
  if (scp?.[2] !== undefined && scp[3] !== undefined && !text.includes('://')) {
    return scp[1] !== undefined || scp[2].includes('.') ? build(scp[2], scp[3]) : null;
  }
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  if (!['https:', 'http:', 'ssh:', 'git:'].includes(url.protocol)) return null;
  // The port of ssh or git says nothing about the web; that of http does.
  const host = url.protocol === 'https:' ? url.host : url.hostname;
  return build(host, url.pathname);
}

function build(host: string, path: string): string | null {
  const clean = path.replace(/^\/+|\/+$/g, '').replace(/\.git$/, '');
  if (host === '' || clean === '') return null;
  try {
    return new URL(`https://${host}/${clean}`).href;
  } catch {
    return null;
  }
}
