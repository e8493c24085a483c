// Owns where in Containerfile.daemon the generated lines stand: between two comments. Pure.

const begins = '# --- agents, from profiles/*.yaml by scripts/render-containerfile.mjs: do not edit ---\n';
const ends = '# --- end of agents ---\n';

/** The text with `lines` between the two comments. Throws when it has not exactly one of each, in this order. */
export function withAgents(text, lines) {
  const [head, rest, ...more] = text.split(begins);
  const [, tail, ...others] = (rest ?? '').split(ends);
  if (tail === undefined || more.length > 0 || others.length > 0)
    throw new Error(`Containerfile.daemon needs once "${begins.trim()}", and below it "${ends.trim()}"`);
  return `${head}${begins}${lines}${ends}${tail}`;
}
