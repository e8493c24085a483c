// Columns and rows, free places, and where arrow keys lead.
import { describe, expect, it } from 'vitest';
import { freePlaces, neighbour, shapeOf } from './grid-layout.js';

describe('shapeOf', () => {
  it('has a third column only where it can be read', () => {
    expect(shapeOf('3x2', false)).toEqual({ columns: 3, rows: 2 });
    expect(shapeOf('3x2', true)).toEqual({ columns: 2, rows: 2 });
    expect(shapeOf('1x2', true)).toEqual({ columns: 1, rows: 2 });
  });
});

describe('freePlaces', () => {
  it('fills the window, and adds nothing to more', () => {
    expect(freePlaces({ columns: 2, rows: 2 }, 1)).toBe(3);
    expect(freePlaces({ columns: 2, rows: 2 }, 5)).toBe(0);
  });
});

describe('neighbour', () => {
  it('goes by rows and columns, and stays at the edges', () => {
    expect(neighbour('ArrowRight', 0, 4, 2)).toBe(1);
    expect(neighbour('ArrowDown', 1, 4, 2)).toBe(3);
    expect(neighbour('ArrowUp', 3, 4, 2)).toBe(1);
    expect(neighbour('ArrowLeft', 0, 4, 2)).toBe(0);
    expect(neighbour('ArrowDown', 2, 4, 2)).toBe(2);
    expect(neighbour('Enter', 2, 4, 2)).toBe(2);
  });
});
