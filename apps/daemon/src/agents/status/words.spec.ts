import { expect, it } from 'vitest';
import { askOf, whyOfEvent, whyOfOsc, whyOfScreen, whyOfTitle } from './words.js';

it('says in one short line why', () => {
  expect(whyOfEvent('PermissionRequest', 'Bash')).toBe('PermissionRequest Bash');
  expect(whyOfEvent('Stop', null)).toBe('Stop');
  expect(whyOfTitle('✋  Action Required (shop)   ')).toBe('title ✋ Action Required (shop)');
  expect(whyOfOsc(7501, 'state=blocked:kind=permission')).toBe('OSC 7501 state=blocked:kind=permission');
  expect(whyOfScreen('\n   Do you want to proceed?\n ❯ 1. Yes')).toBe('screen: Do you want to proceed?');
});

it('is bounded and has nothing in it that disturbs a page', () => {
  const evil = `\u001b[31m\u202e${'x'.repeat(100_000)}\u0000`;
  expect(whyOfScreen(evil).length).toBeLessThanOrEqual(300);
  expect(whyOfEvent(evil, evil)).toMatch(/^\[31m x+…$/u);
  const ask = askOf({ tool: evil, command: `a\n\tb${evil}`, file: '  ', text: null });
  expect(ask?.tool?.length).toBeLessThanOrEqual(100);
  expect(ask?.command).toMatch(/^a\n b/u);
  expect(ask?.command?.length).toBeLessThanOrEqual(2_000);
  expect(ask?.file).toBeNull();
  expect(askOf({ tool: '', command: undefined, text: ' ' })).toBeNull();
  const pair = askOf({ tool: '😀'.repeat(80) });
  expect(encodeURIComponent(pair?.tool ?? '')).toMatch(/%E2%80%A6$/u);
});
