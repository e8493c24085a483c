// Drivers that draw in software are known by their names.
import { describe, expect, it } from 'vitest';
import { isSoftware } from './graphics.js';

describe('isSoftware', () => {
  it('knows those that draw in software', () => {
    for (const name of [
      'ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)',
      'llvmpipe, or similar',
      'Mesa/X.org, llvmpipe (LLVM 15.0.6, 256 bits)',
      'ANGLE (Microsoft, Microsoft Basic Render Driver Direct3D11 vs_5_0 ps_5_0)',
      'Apple Software Renderer',
    ])
      expect(isSoftware(name)).toBe(true);
  });

  it('takes graphics processors for what they are', () => {
    for (const name of [
      'Apple M2',
      'ANGLE (Intel, Mesa Intel(R) UHD Graphics 620)',
      'NVIDIA GeForce RTX 3060/PCIe/SSE2',
    ])
      expect(isSoftware(name)).toBe(false);
  });
});
