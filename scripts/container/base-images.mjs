// Owns the images that ours begin with: their names, and whether they are here or can be had.
import { capture } from '../run/child.mjs';
import { RunError, say } from '../run/output.mjs';

/** Label of an image that only stands in for another. */
export const mark = 'io.roundhouse.stand-in';

/** DATA: as Containerfile.* and compose.yml name them. */
export const baseImages = {
  node: 'docker.io/library/node:22-bookworm-slim',
  postgres: 'docker.io/library/postgres:17-bookworm',
};

export const isHere = async (image) => (await capture('podman', ['image', 'exists', image])).code === 0;

/** Fetches an image. Null, or why it could not be had. */
export async function pulled(image) {
  const { code, output } = await capture('podman', ['pull', '-q', image], { label: `fetching ${image}` });
  return code === 0 ? null : output.trim().split('\n').at(-1).slice(-300);
}

/** @throws RunError that says what helps, when one is not here and cannot be fetched */
export async function haveBaseImages(images) {
  for (const image of images) {
    const why = (await isHere(image)) ? null : await pulled(image);
    if (why)
      throw new RunError(`${image} is not here and cannot be fetched: ${why}`, {
        hint: 'Where no image registry can be reached: node scripts/container/stand-in-images.mjs --images (see CONTRIBUTING.md)',
      });
    const label = `{{index .Labels "${mark}"}}`;
    const { output } = await capture('podman', ['image', 'inspect', '-f', label, image]);
    if (output.trim() === '1') say(`${image} is a stand-in, not the real image`);
  }
}
