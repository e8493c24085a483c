// @vitest-environment happy-dom
// When the fill of a context window is brought forward.
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { ContextMeter, contextTone } from './meter.js';

afterEach(cleanup);

describe('the context meter', () => {
  it.each([
    [0.49, 'neutral'],
    [0.5, 'high'],
    [0.79, 'high'],
    [0.8, 'danger'],
    [0.81, 'danger'],
  ] as const)('at %d is %s', (share, tone) => {
    expect(contextTone(share)).toBe(tone);
  });
  it('shows a dash where the window is not known', () => {
    render(<ContextMeter used={2400} window={null} />);
    expect(screen.getByText('—')).toBeTruthy();
  });
});
