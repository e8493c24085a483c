// @vitest-environment happy-dom
// Bars are read by keys: arrows, the ends, and away again.
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { StackChart } from './stack-chart.js';

afterEach(cleanup);

describe('StackChart', () => {
  it('is read by arrows and by its ends; Escape puts the words away', () => {
    const HOUR = 3_600_000;
    render(
      <StackChart
        label="Tokens"
        at={[0, HOUR, 2 * HOUR]}
        stepMs={HOUR}
        lines={[{ key: 'input', label: 'Input', fill: 1, values: [11, 22, 33] }]}
        format={String}
      />,
    );
    const chart = screen.getByRole('group', { name: 'Tokens' });
    const reads = (key: string): string => {
      fireEvent.keyDown(chart, { key });
      return screen.queryByRole('status')?.textContent ?? '';
    };
    expect(reads('ArrowLeft')).toContain('33');
    expect(reads('Home')).toContain('11');
    expect(reads('ArrowRight')).toContain('22');
    expect(reads('End')).toContain('33');
    expect(reads('Escape')).toBe('');
  });
});
