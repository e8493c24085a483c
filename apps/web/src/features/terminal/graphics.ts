// Whether WebGL is drawn by a graphics processor here. Browsers on virtual machines and remote desktops draw it in software,
// which takes the page a tenth of a second for each frame; rows of elements are many times quicker there.

/** As drivers that draw in software call themselves; Firefox says "llvmpipe, or similar". */
const software = /swiftshader|llvmpipe|softpipe|software|basic render/i;

let known: boolean | null = null;

/** Asked once for each page. False without WebGL, too. */
export function hasGraphics(): boolean {
  known ??= probe();
  return known;
}

/** @param name as the driver gives it */
export const isSoftware = (name: string): boolean => software.test(name);

function probe(): boolean {
  const gl = document.createElement('canvas').getContext('webgl2');
  if (!gl) return false;
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const name: unknown = gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
  // Contexts are few: this one is given back at once.
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return !isSoftware(String(name));
}
